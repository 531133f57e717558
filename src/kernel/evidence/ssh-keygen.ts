/**
 * evidence/ssh-keygen: the one place that runs ssh-keygen: it makes a signature, and it says whether one holds.
 *
 * An absolute program, arguments as a list, an environment of its own, an end in time and a bound on what is read. It
 * never asks with the word that skips the policy: a signature holds for a principal of the file, or not at all.
 */
import { counted } from "../child-process.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { errnoOf } from "../private-files/errno.ts";
import { boundedText } from "./bounded-text.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The absolute program and its first arguments. */
export type SshKeygen = readonly string[];

/** SSH_KEYGEN_MISSING. A place of the PATH that is not absolute depends on where we are, and is not looked at. */
export function findSshKeygen(configured: SshKeygen | null, environment: Environment): SshKeygen | Failure {
  if (configured !== null) return configured;
  const places = (environment.PATH ?? "").split(":").filter((place) => place.startsWith("/"));
  const found = Bun.which("ssh-keygen", { PATH: places.join(":") });
  return found === null ? new Failure("SSH_KEYGEN_MISSING", "there is no ssh-keygen on the PATH") : [found];
}

export type Question = {
  /** Paths of files that nobody else may write. */
  readonly allowedSigners: string;
  readonly signature: string;
  readonly principal: string;
  readonly namespace: string;
  readonly document: Uint8Array;
  /** ISO 8601, UTC. */
  readonly now: string;
};

export type Verified = { readonly keyFingerprint: string } | { readonly reason: string };

/** The key that signed, or why the signature does not hold; SSH_KEYGEN_FAILED where there is no answer. */
export async function verifySignature(
  program: SshKeygen,
  question: Question,
  timeoutMs: number = limits.sshKeygenTimeoutMs,
): Promise<Verified | Failure> {
  const { allowedSigners, signature, principal, namespace, document, now } = question;
  const second = `${now.slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  const words = ["-Y", "verify", "-f", allowedSigners, "-I", principal, "-n", namespace, "-s", signature];
  const order = { words: [...words, "-O", `verify-time=${second}`], input: document, environment: {} };
  const ended = await run(program, { ...order, timeoutMs, talk: "read" });
  if (ended instanceof Failure) return ended;
  const { code, output, complaint } = ended;
  if (code === NOT_VERIFIED) return { reason: saidOf(complaint) || "the signature does not hold" };
  const [, keyFingerprint] = /^Good ".*" signature for .* with \S+ key (SHA256:\S+)\n$/.exec(output) ?? [];
  const isGood = output.startsWith(`Good "${namespace}" signature for ${principal} with `);
  if (code === 0 && isGood && keyFingerprint !== undefined) return { keyFingerprint };
  return failed(`ended with ${code}: ${saidOf(complaint || output)}`);
}

/** What fatal() of OpenSSH ends with, and a signature that does not hold. */
const NOT_VERIFIED = 255;

/** What a person's agent, hardware key or passphrase window needs; a passphrase is typed on the terminal itself. */
const FOR_SIGNING = [
  ...["HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER", "SSH_SK_HELPER"],
  ...["DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "TERM"],
];

export type SigningOrder = {
  /** A private key, or a public one whose other half the agent or a hardware key has. */
  readonly key: string;
  readonly namespace: string;
  readonly document: Uint8Array;
  /** show: what ssh-keygen says and asks for stands on stderr. read: it is kept for the words of a failure. */
  readonly talk: "show" | "read";
};

/** The armored signature. */
export async function signDocument(
  program: SshKeygen,
  { key, namespace, document, talk }: SigningOrder,
  environment: Environment,
): Promise<string | Failure> {
  const kept = Object.fromEntries(FOR_SIGNING.map((name) => [name, environment[name]]));
  const ended = await run(program, {
    ...{ words: ["-Y", "sign", "-f", key, "-n", namespace], input: document, environment: kept },
    ...{ timeoutMs: limits.signingTimeoutMs, talk },
  });
  if (ended instanceof Failure) return ended;
  if (ended.code === 0 && ended.output.startsWith("-----BEGIN SSH SIGNATURE-----\n")) return ended.output;
  const said = saidOf(ended.complaint);
  return failed(`did not sign with ${key} and ended with ${ended.code}${said === "" ? "" : `: ${said}`}`);
}

type Run = {
  readonly words: readonly string[];
  readonly input: Uint8Array;
  readonly environment: Environment;
  readonly timeoutMs: number;
  readonly talk: "read" | "show";
};

type Ended = { readonly code: number; readonly output: string; readonly complaint: string };

async function run([path = "", ...first]: SshKeygen, order: Run): Promise<Ended | Failure> {
  const { PATH } = process.env;
  try {
    const words = [path, ...first, ...order.words];
    const options = {
      // A signing key is named from where the person stands.
      cwd: order.talk === "show" ? process.cwd() : "/",
      env: { ...order.environment, PATH, LC_ALL: "C", TZ: "UTC" },
      stdin: order.input,
      stdout: "pipe",
      stderr: order.talk === "show" ? "inherit" : "pipe",
    } as const;
    const child = counted(Bun.spawn(words, options), words);
    const complaints = child.stderr instanceof ReadableStream ? readBounded(child.stderr) : Promise.resolve("");
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), order.timeoutMs);
    const all = Promise.all([readBounded(child.stdout), complaints, child.exited]);
    // Raced, since a program that it started may hold the pipe.
    const ended = await Promise.race([all, late.promise]);
    clearTimeout(timer);
    child.kill("SIGKILL");
    if (ended === null) return failed(`did not end within ${order.timeoutMs} ms`);
    const [output, complaint, code] = ended;
    if (output === null || complaint === null) return failed(`said more than ${limits.sshKeygenOutputBytes} bytes`);
    if (child.signalCode !== null) return failed(`was ended by ${child.signalCode}`);
    return { code, output, complaint };
  } catch (error) {
    return new Failure("SSH_KEYGEN_MISSING", `${path} cannot be started: ${errnoOf(error)}`, { cause: error });
  }
}

/** null where there is more; then the pipe is closed, and who writes into it ends. */
async function readBounded(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.byteLength;
    if (bytes > limits.sshKeygenOutputBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The last line that it said. */
function saidOf(text: string): string {
  return boundedText(text.trim().split("\n").at(-1)?.trim() ?? "", limits.evidenceLineCharacters);
}

function failed(what: string): Failure {
  return new Failure("SSH_KEYGEN_FAILED", `ssh-keygen ${what}`);
}

/**
 * approvals/allowed-signers: the file that says who may approve what: principals, options and a key on each line.
 *
 * ssh-keygen reads the same bytes later, so only a part of its grammar is taken here, the part that has one reading: a
 * line that could mean more than it seems refuses the whole file. Patterns are refused: one as a principal lets one key
 * answer to two names, one as a namespace lets it pass every gate; none is harmless. So is cert-authority: whom an
 * authority certifies stands nowhere in the file. Called by what judges an approval.
 */
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { checkWay } from "../../kernel/private-files/directory.ts";
import { readGuardedFile } from "../../kernel/private-files/file.ts";
import { decodeBase64, fingerprintOf, readWireString, textOf } from "./ssh-wire.ts";

export type AllowedSigner = {
  /** From 1. */
  readonly line: number;
  readonly principals: readonly string[];
  readonly namespaces: readonly string[];
  readonly keyFingerprint: string;
  /** As written, e.g. `20260521` or `202605210423Z`; null where the line does not say. */
  readonly validAfter: string | null;
  readonly validBefore: string | null;
};

export type AllowedSigners = {
  readonly path: string;
  /** What was checked, so that ssh-keygen is given the same. */
  readonly bytes: Uint8Array;
  readonly signers: readonly AllowedSigner[];
};

const KEY_TYPES: ReadonlySet<string> = new Set([
  ...["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  ...["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"],
]);

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/;

/** ALLOWED_SIGNERS_INVALID with every problem and its line; CONFIG_INVALID where no file is configured. */
export function readAllowedSigners(path: string | null): AllowedSigners | Failure {
  if (path === null) {
    return new Failure("CONFIG_INVALID", "approvals.allowed_signers is not configured: nobody's signature counts", {
      hint: '[approvals] allowed_signers = "/etc/cutter/allowed_signers", a file of root.',
    });
  }
  const bytes = readGuardedFile(path, limits.allowedSignersBytes);
  const refused = bytes instanceof Failure ? bytes : checkWay(path);
  if (refused !== null) return invalid(refused.message, { path }, refused);
  const signers: AllowedSigner[] = [];
  const problems: string[] = [];
  for (const [index, text] of textOf(bytes as Uint8Array)
    .split("\n")
    .entries()) {
    const parsed = parseLine(text, index + 1);
    if (typeof parsed === "string") problems.push(`line ${index + 1} ${parsed}`);
    else if (parsed !== null) signers.push(parsed);
  }
  if (problems.length > 0) return invalid(`${path}: ${problems.join("; ")}`, { path, problems });
  return { path, bytes: bytes as Uint8Array, signers };
}

function invalid(message: string, facts: Failure["facts"], cause?: Failure): Failure {
  return new Failure("ALLOWED_SIGNERS_INVALID", message, { facts, cause });
}

/** null for an empty line or a comment; else the signer, or what is wrong. */
function parseLine(text: string, line: number): AllowedSigner | string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) return "holds a control character";
  const trimmed = text.replace(/^[ \t]+/, "");
  if (trimmed === "" || trimmed.startsWith("#")) return null;
  const [, names = "", rest = ""] = /^([^ \t]+)[ \t]+(.*)$/.exec(trimmed) ?? [];
  const principals = names.split(",");
  const wrong = principals.find((name) => !NAME.test(name));
  if (wrong !== undefined) return `names ${JSON.stringify(wrong)}, and a principal is a plain name without patterns`;
  const [, options = "", key = ""] = /^((?:[^ \t"]|"[^"\\]*")+)[ \t]+(.*)$/.exec(rest) ?? [];
  if (KEY_TYPES.has(options)) return "has no namespaces=, so that it would be valid for every gate";
  const parsed = parseOptions(options);
  if (typeof parsed === "string") return parsed;
  const keyFingerprint = parseKey(key);
  if (keyFingerprint === null) return "has no public key of a kind that is taken, written as OpenSSH does";
  return { line, principals, ...parsed, keyFingerprint };
}

type Options = Pick<AllowedSigner, "namespaces" | "validAfter" | "validBefore">;

/** What stands there, or what is wrong. When a key holds (valid-after, valid-before) is judged by ssh-keygen. */
function parseOptions(options: string): Options | string {
  const written = options.match(/(?:[^,"]|"[^"]*")+/g) ?? [];
  let namespaces: readonly string[] | null = null;
  const times: { validAfter: string | null; validBefore: string | null } = { validAfter: null, validBefore: null };
  for (const option of written) {
    const [, name = option, value] = /^([A-Za-z-]+)="([^"]*)"$/.exec(option) ?? [];
    const known = name.toLowerCase();
    if (known === "cert-authority") return "has cert-authority: list the keys of people, one by one";
    const isTime = known === "valid-after" || known === "valid-before";
    if (value === undefined || (known !== "namespaces" && !isTime)) {
      return `has the option ${JSON.stringify(option)}, which is not known`;
    }
    if (isTime) times[known === "valid-after" ? "validAfter" : "validBefore"] = value;
    if (isTime) continue;
    if (namespaces !== null) return "has namespaces= twice";
    namespaces = value.split(",");
    const wrong = namespaces.find((one) => !NAME.test(one));
    if (wrong !== undefined) return `has the namespace ${JSON.stringify(wrong)}, and patterns are not taken`;
  }
  return namespaces === null
    ? "has no namespaces=, so that it would be valid for every gate"
    : { namespaces, ...times };
}

/** The fingerprint; the type in the key itself is the one that is written before it. */
function parseKey(text: string): string | null {
  const [type = "", base64 = ""] = text.split(/[ \t]+/);
  const blob = decodeBase64(base64);
  const inside = blob === null ? null : readWireString(blob, 0);
  if (blob === null || inside === null || !KEY_TYPES.has(type) || textOf(inside.value) !== type) return null;
  return fingerprintOf(blob);
}

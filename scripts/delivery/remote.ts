/**
 * remote: one run of place.sh on a host, through the user's own ssh: what it says, line by line, and what it is told.
 *
 * ssh asks for passwords and host keys itself, on the terminal. Nothing is retried. Called by deploy.ts.
 */
import type { Subprocess } from "bun";
import script from "./place.sh" with { type: "text" };

export type Place = {
  /** As ssh takes it: a name of its configuration, or user@host. */
  readonly host: string;
  readonly directory: string;
  /** Words for ssh before the host: `-o`, `-F`, `-l`. */
  readonly sshWords: readonly string[];
};

export type Mode = "place" | "back" | "look";

export type Remote = {
  /** The next line that begins with @, without it; null at the end. */
  next(): Promise<string | null>;
  /** Whether all of it was taken: the other end may be gone. */
  send(bytes: string | Uint8Array): Promise<boolean>;
  /** Says that nothing more comes, and waits for the end: ssh's own exit code. */
  end(): Promise<number>;
  /** Ends ssh; what runs on the host sees that nobody is there any more. */
  cut(): void;
  readonly pid: number;
};

const PIECE_BYTES = 1024 * 1024;

export function openRemote({ host, directory, sshWords }: Place, mode: Mode): Remote {
  const command = `exec sh -c ${quote(script)} sh ${quote(mode)} ${quote(directory)}`;
  const child = Bun.spawn(["ssh", "-T", ...sshWords, "--", host, command], {
    ...{ stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  }) as Subprocess<"pipe", "pipe", "inherit">;
  const lines = linesOf(child.stdout);
  return {
    pid: child.pid,
    async next() {
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    send: (bytes) => sendAll(child, bytes),
    async end() {
      await Promise.resolve(child.stdin.end()).catch(() => undefined);
      return child.exited;
    },
    cut: () => child.kill("SIGTERM"),
  };
}

async function sendAll(child: Subprocess<"pipe", "pipe", "inherit">, bytes: string | Uint8Array): Promise<boolean> {
  const all = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  try {
    for (let at = 0; at < all.byteLength; at += PIECE_BYTES) {
      child.stdin.write(all.subarray(at, at + PIECE_BYTES));
      await child.stdin.flush();
      if (child.exitCode !== null) return false;
    }
    return true;
  } catch {
    // The pipe is closed: the end of ssh says why.
    return false;
  }
}

/** A login shell may say things of its own, which are not ours. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("@")) yield line.slice(1);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

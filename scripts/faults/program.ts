/**
 * program: the program under test as a process, and what it left: exit code, both streams, its evidence files.
 *
 * The compiled binary where CUTTER_BINARY names one, else the source under bun. Every run gets a home and a state
 * directory of its own and an environment that names no database. Each of its outputs is searched for the tests'
 * passwords, whatever the test is about. Used by the fault tests; never by the program.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TEST_PASSWORD } from "../database/server.ts";

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** All evidence files, one after the other. */
  readonly evidence: string;
};

export type Setting = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of a new one; it is not removed. */
  readonly stateDirectory?: string;
  /** Where it is started; its own folder unless given. */
  readonly directory?: string;
  /** Instead of the program under test: a build of it for tests. */
  readonly program?: string;
  /** A shell script that runs the program as "$@", e.g. with its stdout elsewhere. */
  readonly script?: string;
};

export type Running = {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has a handler for the signal of this number. */
  catches(signal: number): Promise<void>;
  readonly ended: Promise<Ended>;
};

/** A password that no server knows; like the right one it may never be shown. */
export const WRONG_PASSWORD = TEST_PASSWORD.replace("4Fq9", "wrong");

const POLL_MS = 5;
const MAIN = join(dirname(dirname(import.meta.dirname)), "src", "main.ts");
const { CUTTER_BINARY } = process.env;
const PROGRAM: readonly string[] =
  CUTTER_BINARY === undefined ? [process.execPath, "--no-env-file", MAIN] : [CUTTER_BINARY];

/** Starts the program with its own folder as home and as working directory. */
export function startCutter(argv: readonly string[], setting: Setting = {}): Running {
  const home = mkdtempSync(join(tmpdir(), "cutter-fault-"));
  const state = setting.stateDirectory ?? join(home, "state");
  const wrapped = setting.script === undefined ? [] : ["/bin/sh", "-c", setting.script, "sh"];
  const child = Bun.spawn([...wrapped, ...programWords(setting.program), ...argv], {
    cwd: setting.directory ?? home,
    env: { ...environmentOf(home), CUTTER_STATE_DIR: state, ...setting.environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const collect = async (): Promise<Ended> => {
    const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    const evidence = readAll(state);
    rmSync(home, { recursive: true, force: true });
    expectNoSecret({ stdout, stderr, evidence });
    const signal = child.signalCode as NodeJS.Signals | null;
    return { code: signal === null ? code : null, signal, stdout, stderr, evidence };
  };
  return {
    pid: child.pid,
    kill: (signal) => child.kill(signal),
    async catches(signal) {
      const caught = (): bigint => {
        const [, mask = "0"] = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
        return (BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n;
      };
      while (caught() === 0n) await Bun.sleep(POLL_MS);
    },
    ended: collect(),
  };
}

export function cutter(argv: readonly string[], setting: Setting = {}): Promise<Ended> {
  return startCutter(argv, setting).ended;
}

/** The program under test, or a build of it for tests. */
export function programWords(program?: string): readonly string[] {
  return program === undefined ? PROGRAM : [program];
}

/** Names no database. */
export function environmentOf(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: home };
}

/** Throws where a password of the tests stands in a text: as it is, cut short, or in base64 at any offset. */
export function expectNoSecret(texts: Readonly<Record<string, string>>): void {
  const forms = new RegExp([TEST_PASSWORD, WRONG_PASSWORD].flatMap(writtenForms).join("|"));
  for (const [where, text] of Object.entries(texts)) {
    const at = text.search(forms);
    if (at !== -1) throw new Error(`a password stands in ${where}: ${text.slice(Math.max(0, at - 80), at + 20)}`);
  }
}

function writtenForms(secret: string): string[] {
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.from("x".repeat(offset) + secret)
      .toString("base64")
      .slice(4, -4),
  );
  return [secret.slice(0, -3), ...encoded];
}

function readAll(folder: string): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return "";
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return names.map((name) => readIfThere(name)).join("\n");
}

/** Other processes of a test may still move a file to its name. */
function readIfThere(path: string): string {
  try {
    return statSync(path).isFile() ? readFileSync(path, "utf8") : "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** A folder with these files, to be named on a command line. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "cutter-fault-files-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

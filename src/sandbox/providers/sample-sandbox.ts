/**
 * providers/sample-sandbox: a sandbox's directories, record and passwords for tests, and another process that runs one.
 *
 * All of it lies in one temporary folder that the test removes. What it says is one JSON value a line. Never used by
 * the program itself.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { Failure } from "../../kernel/failure.ts";
import { openSession } from "../../kernel/session/open.ts";
import { makeMarkedDirectory } from "../leftovers/marked-directory.ts";
import { type LeftoverRecord, openRecord } from "../leftovers/record.ts";
import { openPasswords, type Passwords } from "./passwords.ts";
import type { Login, RunningServer, StartOrder } from "./provider.ts";

export type SampleSandbox = {
  readonly stateDirectory: string;
  readonly work: string;
  readonly record: LeftoverRecord;
  readonly passwords: Passwords;
  order(different?: Partial<StartOrder>): StartOrder;
};

let made = 0;

export function sampleFolder(): string {
  return fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-sample-")));
}

export function sampleSandbox(stateDirectory: string): SampleSandbox {
  made += 1;
  const sandbox = `cutter-sandbox-t${process.pid}-${made}`;
  const record = ok(openRecord(stateDirectory, sandbox));
  const work = join(stateDirectory, `work-${made}`);
  ok(makeMarkedDirectory(record, work));
  const passwords = ok(openPasswords(work));
  const usual = { settings: {}, timeoutMs: 60_000, cluster: "may be cloned", name: `${sandbox}-a` } as const;
  const order = (different = {}): StartOrder => ({ ...usual, workDirectory: work, passwords, record, ...different });
  return { stateDirectory, work, record, passwords, order };
}

export function ok<T>(answer: T | Failure): T {
  if (answer instanceof Failure) throw new Error(`${answer.code} ${answer.message} ${JSON.stringify(answer.facts)}`);
  return answer;
}

/** The rows of one statement, or the code of the failure; SQLSTATE where the server refused it. */
export async function ask(server: RunningServer, login: Login, text: string): Promise<unknown> {
  const session = await openSession(server.target(login), { label: "test" });
  if (session instanceof Failure) return session.code;
  try {
    const reply = await session.query(text);
    return reply instanceof Failure ? (reply.facts.sqlstate ?? reply.code) : reply.rows;
  } finally {
    await session.close();
  }
}

const MODULES = [
  ...["local/local.ts", "docker/docker.ts", "sample-sandbox.ts", "../../kernel/session/registry.ts"],
].map((name) => join(import.meta.dir, name));

const PRELUDE = `
  const scope = {};
  for (const path of ${JSON.stringify(MODULES)}) Object.assign(scope, await import(path));
  const { localProvider, dockerProvider, sampleSandbox, ok, ask, closeAllSessions } = scope;
  const say = (value) => process.stdout.write(JSON.stringify(value ?? null) + "\\n");
  const [stateDirectory, more] = process.argv.slice(1);
  const sandbox = sampleSandbox(stateDirectory);
`;

export type OtherProcess = {
  readonly pid: number;
  /** The next value that it says; undefined when it has ended. */
  readonly heard: () => Promise<unknown>;
  readonly kill: () => Promise<void>;
};

/** In the child: the functions of PRELUDE. `below` is what runs it, e.g. setpriv. */
export function otherProcess(code: string, stateDirectory: string, below: readonly string[] = []): OtherProcess {
  const [command = "", ...words] = [...below, process.execPath, "-e", PRELUDE + code, stateDirectory];
  const child = Bun.spawn([command, ...words], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const lines = createInterface({ input: Readable.fromWeb(child.stdout as never) })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    heard: async () => {
      const { value, done } = await lines.next();
      return done ? undefined : JSON.parse(value);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

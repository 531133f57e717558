/**
 * run-verbs: the verbs of runs as a test uses them: a state directory of its own, the reference database, and what is
 * known of a run afterwards.
 *
 * Each verb is a process of its own. Used by the fault tests; never by the program.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { createDatabase, type TestDatabase } from "../database/database.ts";
import { temporaryFolder } from "../database/files.ts";
import type { Server } from "../database/server.ts";
import { cutter, type Ended, type Setting } from "./program.ts";

export const READER = "context_pack_readonly";

/** A document that the reference database does not have: three units under `markdown`. */
export const HANDBOOK = "# Handbook\n\n## One\n\ntext\n\n## Two\n\nmore\n";

export function makeReference(server: Server): Promise<TestDatabase> {
  return createDatabase(server, { template: "reference" });
}

/** The flags of a survey of this database by the role that may only read. */
export function surveying(database: TestDatabase): readonly string[] {
  return ["--survey", "--url", database.url(READER)];
}

export type RunDocument = {
  readonly runId: string;
  readonly sessionId: string | null;
  readonly state: string;
  readonly stop: { readonly code: string; readonly message: string } | null;
  readonly sourceVersionId: string;
  readonly cutplanSha256: string | null;
  readonly manifestSha256: string | null;
  readonly folder: string;
  readonly next: readonly string[];
  readonly phases: readonly {
    readonly phase: string;
    readonly attempt: number;
    readonly outcome: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
};

/** One state directory and the verbs on it. */
export type Desk = {
  readonly state: string;
  /** A verb with its arguments, in a process of its own. */
  run(argv: readonly string[], setting?: Omit<Setting, "stateDirectory">): Promise<Ended>;
  /** Names of the runs, newest first. */
  runs(): Promise<readonly string[]>;
  show(runId: string): Promise<RunDocument>;
  /** Another one with the same files, to go on from here in two ways. */
  copy(): Desk;
};

export function makeDesk(program?: string, state = join(temporaryFolder(), "state")): Desk {
  const base = { stateDirectory: state, ...(program === undefined ? {} : { program }) };
  const run: Desk["run"] = (argv, setting = {}) => cutter(argv, { ...base, ...setting });
  return {
    state,
    run,
    async runs() {
      const ended = await run(["runs", "--json"]);
      const { runs } = JSON.parse(ended.stdout) as { readonly runs: readonly { readonly run_id: string }[] };
      return runs.map(({ run_id: id }) => id);
    },
    async show(runId) {
      return JSON.parse((await run(["show", runId, "--json"])).stdout) as RunDocument;
    },
    copy() {
      const other = join(temporaryFolder(), "state");
      cpSync(state, other, { recursive: true });
      return makeDesk(program, other);
    },
  };
}

/** The one run of a text: what `cutter cut` and a dry run print. */
export function runIdIn({ stdout, stderr }: Ended): string {
  const [found] = /ictr-\d{8}T\d{6}Z-[0-9a-f]{8}/.exec(`${stdout}${stderr}`) ?? [];
  if (found === undefined) throw new Error(`no run is named in:\n${stdout}\n${stderr}`);
  return found;
}

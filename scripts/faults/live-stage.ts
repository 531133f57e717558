/**
 * live-stage: a live run of HANDBOOK that waits at its first gate, and ways to stop it in the middle of a phase.
 *
 * Whoever is paused waits in its transaction, under no lock of the server's, until it is let go; so that a fault can
 * happen at a known place. Used by the fault tests; never by the program.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../database/database.ts";
import { temporaryFolder } from "../database/files.ts";
import type { Server } from "../database/server.ts";
import { type LiveDesk, makeLiveDesk } from "./live-desk.ts";
import { type Ended, type Running, startCutter } from "./program.ts";
import { HANDBOOK, makeReference } from "./run-verbs.ts";
import { holdOn } from "./stock.ts";

export type LiveStage = {
  readonly database: TestDatabase;
  readonly desk: LiveDesk;
  readonly run: string;
  /** Of SG1, signed and not yet used. */
  readonly approval: string;
};

export async function stageLive(server: Server, program?: string): Promise<LiveStage> {
  const database = await makeReference(server);
  const desk = makeLiveDesk(database, program);
  const run = await desk.begin("HANDBOOK", handbook());
  return { database, desk, run, approval: await desk.approve(run, "SG1") };
}

/** A path to the source of HANDBOOK. */
export function handbook(): string {
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  return source;
}

/** The same with its first gate passed, and an approval of the second. */
export async function stageVerified(server: Server): Promise<LiveStage> {
  const { approval: first, ...stage } = await stageLive(server);
  const { desk, run } = stage;
  const ended = await desk.resume(run, first);
  if (ended.code !== 6) throw new Error(`resume answered ${ended.code}: ${ended.stderr}`);
  return { ...stage, approval: await desk.approve(run, "SG2") };
}

/** What `cutter resume RUN --live` of this stage is called with. */
export async function resumeWords({ desk, run, approval }: LiveStage): Promise<readonly string[]> {
  const { cutplanSha256 } = await desk.show(run);
  const live = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
  return ["resume", run, "--approval", approval, ...live];
}

/** As desk.resume, under way. */
export async function startResume(stage: LiveStage, argv: readonly string[] = []): Promise<Running> {
  return startCutter([...(await resumeWords(stage)), ...argv], { stateDirectory: stage.desk.state });
}

/** `cutter revert` of this run, with an approval of its own. */
export async function takeBack(stage: LiveStage, argv: readonly string[] = []): Promise<Ended> {
  return stage.desk.run(await revertWords(stage, argv));
}

/** What takeBack calls. */
export async function revertWords({ desk, run }: LiveStage, argv: readonly string[]): Promise<readonly string[]> {
  const { cutplanSha256 } = await desk.show(run);
  const live = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
  return ["revert", run, "--approval", await desk.approve(run, "REVERT"), ...live, ...argv];
}

export type Pause = {
  /** Resolves when somebody waits there; its backend's pid. */
  reached(): Promise<number>;
  /** Lets go who waits there, and whoever comes later. */
  release(): Promise<void>;
};

export type Place = {
  readonly table: string;
  readonly event: "INSERT" | "UPDATE";
  /** On NEW and, for an update, OLD. */
  readonly when: string;
};

/** Where leg A writes its second unit of three; the first is written then. */
export const SECOND_UNIT: Place = { table: "public.unit_version", event: "INSERT", when: "NEW.title = 'One'" };

/** Passes its first gate, and loses its connection in leg A: it stands behind the gate. */
export async function loseLegA(stage: LiveStage): Promise<void> {
  const pause = await pauseAt(stage.database, SECOND_UNIT);
  const program = await startResume(stage);
  stage.database.psql(`SELECT pg_terminate_backend(${await pause.reached()})`);
  const ended = await program.ended;
  if (ended.code !== 5) throw new Error(`resume answered ${ended.code}: ${ended.stderr}`);
  await pause.release();
}

const LOOKS = 800;
const LOOK_MS = 25;
const KEY = 4711;

export async function pauseAt(database: TestDatabase, { table, event, when }: Place): Promise<Pause> {
  const release = await holdOn(database, `SELECT pg_advisory_xact_lock(${KEY})`);
  // Tried again and again: a wait for the lock would have the server's bounds on such waits.
  database.psql(`CREATE FUNCTION public.test_pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      WHILE NOT pg_try_advisory_xact_lock_shared(${KEY}) LOOP PERFORM pg_sleep(0.02); END LOOP;
      RETURN NEW; END $$;
    CREATE TRIGGER test_pause BEFORE ${event} ON ${table} FOR EACH ROW WHEN (${when})
      EXECUTE FUNCTION public.test_pause()`);
  return { release, reached: () => seen(database, "wait_event = 'PgSleep'") };
}

/** Resolves when a backend of this database is as the condition on pg_stat_activity says; answers its pid. */
export async function seen(database: TestDatabase, condition: string): Promise<number> {
  for (let look = 0; look < LOOKS; look += 1) {
    const pid = database.psql(`SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${condition} LIMIT 1`);
    if (pid !== "") return Number(pid);
    await Bun.sleep(LOOK_MS);
  }
  throw new Error(`no backend is seen with ${condition}`);
}

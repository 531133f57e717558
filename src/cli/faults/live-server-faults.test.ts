/**
 * live-server-faults.test: what happens to the server, the process or a file while leg A is in its transaction: nothing
 * of it stays, and the resumed run ends as an undisturbed one.
 *
 * Leg A is held in its middle by a trigger that sleeps at the second unit, until the fault has happened.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { openRoleSession } from "../../../scripts/database/target.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { HANDBOOK, makeReference } from "../../../scripts/faults/run-verbs.ts";

let server: OwnServer;
let database: TestDatabase;
let desk: LiveDesk;
let run: string;
let approval: string;
beforeAll(async () => {
  server = await startServer(15);
});
afterAll(() => server.stop());
beforeEach(async () => {
  database = await makeReference(server);
  desk = makeLiveDesk(database);
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  run = await desk.begin("HANDBOOK", source);
  approval = await desk.approve(run, "SG1");
});
afterEach(() => database.drop());

const PATIENCE_MS = 60_000;

/** The backend of leg A waits there for so many seconds. */
function sleepAtSecond(seconds: number): void {
  database.psql(`CREATE FUNCTION public.test_sleep() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$;
    CREATE TRIGGER test_sleep BEFORE INSERT ON unit_version FOR EACH ROW
      WHEN (NEW.title = 'One') EXECUTE FUNCTION public.test_sleep()`);
}

async function sleeper(): Promise<number> {
  for (let look = 0; look < 400; look += 1) {
    const pid = database.psql(`SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'cutter_exec' AND wait_event = 'PgSleep'`);
    if (pid !== "") return Number(pid);
    await Bun.sleep(25);
  }
  throw new Error("leg A never came to its second unit");
}

type Faulted = { readonly code: number | null; readonly failure: string | undefined; readonly state: string };

/** Leg A is reached, the fault happens, and the process has ended. */
async function during(fault: (pid: number) => Promise<void> | void, seconds = 30): Promise<Faulted> {
  sleepAtSecond(seconds);
  const going = desk.resume(run, approval);
  await fault(await sleeper());
  const ended = await going;
  const { state } = await desk.show(run);
  return { code: ended.code, failure: readText(ended)?.code, state };
}

async function expectWholeAfter(): Promise<void> {
  database.psql("DROP TRIGGER IF EXISTS test_sleep ON unit_version");
  expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'")).toBe("0");
  expect((await desk.resume(run, null)).code).toBe(6);
  expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
  expect(
    database.psql(`SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'
      AND lifecycle_status = 'enacted'`),
  ).toBe("3");
  expect(
    database.psql(`SELECT count(*) FROM cutter_governance.run_phase WHERE run_id = '${run}' AND outcome = 'done'`),
  ).toBe("9");
  expect((await desk.run(["verify", run, "--config", desk.configuration])).code).toBe(0);
}

test(
  "its backend is terminated",
  async () => {
    const faulted = await during((pid) => void database.psql(`SELECT pg_terminate_backend(${pid})`));
    expect(faulted).toEqual({ code: 5, failure: "SESSION_LOST", state: "BACKED_UP" });
    await expectWholeAfter();
  },
  PATIENCE_MS,
);

test(
  "the server crashes, and comes back",
  async () => {
    const faulted = await during(() => void process.kill(server.pid, "SIGQUIT"));
    expect([faulted.code, faulted.state]).toEqual([5, "BACKED_UP"]);
    await server.restart();
    await expectWholeAfter();
  },
  PATIENCE_MS,
);

test(
  "HOLD is set: it is rolled back before its COMMIT, and goes on when HOLD is cleared",
  async () => {
    const hold = join(desk.state, "locks", "HOLD");
    const faulted = await during(() => writeFileSync(hold, "run other: stop\n", { mode: 0o600 }), 2);
    expect([faulted.code, faulted.failure, faulted.state]).toEqual([4, "KILL_SWITCH_OFF", "BACKED_UP"]);
    rmSync(hold);
    await expectWholeAfter();
  },
  PATIENCE_MS * 2,
);

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "the process gets %s: it ends within moments, and nothing stays",
  async (signal, code) => {
    sleepAtSecond(30);
    const { cutplanSha256 } = await desk.show(run);
    const words = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
    const script = `"$@" & child=$!; trap '' INT; sleep 3; kill -${signal.slice(3)} $child; wait $child`;
    const started = performance.now();
    const ended = await desk.run(["resume", run, "--approval", approval, ...words], { script });
    expect([ended.code, performance.now() - started < 10_000]).toEqual([code, true]);
    expect(database.psql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'cutter_exec'")).toBe("0");
    await expectWholeAfter();
  },
  PATIENCE_MS,
);

test(
  "both connections of the role are taken: nothing is begun, and it goes on when one is free",
  async () => {
    const taken = [await openRoleSession(database, "cutter_exec"), await openRoleSession(database, "cutter_exec")];
    const ended = await desk.resume(run, approval);
    expect([ended.code, readText(ended)?.code]).toEqual([5, "TOO_MANY_CONNECTIONS"]);
    for (const session of taken) await session.close();
    expect((await desk.resume(run, approval)).code).toBe(6);
  },
  PATIENCE_MS,
);

/**
 * live-storage.test: the disk of the state directory fails at some call of a live run: it is full from then on, or an
 * fsync fails, or it is read-only from then on. With a sound disk the run goes on, and the database holds what it holds
 * after an undisturbed run; or it stopped without a backup, nothing was written, and another run does it.
 *
 * Which calls is drawn at random; CUTTER_SEED=N, which stands in every failure, draws the same again.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { prepareReference, psqlOn } from "../../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { type DiskFault, failingDisk } from "../../../scripts/faults/failing-disk.ts";
import { contentOf, countsOf, phasesOf } from "../../../scripts/faults/live-content.ts";
import { handbook, type LiveStage, resumeWords, stageLive, stageVerified } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { randomFrom, SEED, sample } from "../../../scripts/faults/seed.ts";

const PATIENCE_MS = 120_000;
/** Processes at a time. */
const ABREAST = 2;

/** `most`: below the number of such calls that the way from one gate to the next makes. */
type Kind = Omit<DiskFault, "number"> & { readonly count: number; readonly most: number };

const FULL = { calls: "write,pwrite64", error: "ENOSPC", lasts: "on" } as const;
const BROKEN = { calls: "fsync", error: "EIO", lasts: "once" } as const;
const READ_ONLY = { calls: "rename,link", error: "EROFS", lasts: "on" } as const;

const WAYS = {
  SG1: {
    stage: stageLive,
    kinds: [
      { ...FULL, count: 3, most: 170 },
      { ...BROKEN, count: 2, most: 33 },
      { ...READ_ONLY, count: 1, most: 7 },
    ],
  },
  SG2: {
    stage: stageVerified,
    kinds: [
      { ...FULL, count: 2, most: 100 },
      { ...BROKEN, count: 1, most: 28 },
      { ...READ_ONLY, count: 1, most: 4 },
    ],
  },
} as const satisfies Record<string, { readonly kinds: readonly Kind[]; readonly stage: unknown }>;

let server: OwnServer;
let undisturbed: string;
beforeAll(async () => {
  server = await startServer(15);
  await prepareReference(server);
  const roles = ["cutter_exec", "cutter_verify"].map((role) => `ALTER ROLE ${role} CONNECTION LIMIT 10`);
  psqlOn(server, "postgres", roles.join(";"));
  const stage = await stageVerified(server);
  undisturbed = await goneOn(stage);
  stage.database.drop();
}, PATIENCE_MS);
afterAll(() => server.stop());

/** With a sound disk, as an operator does it: to the end of the run; what the database and the record then are. */
async function goneOn({ database, desk, run, approval }: LiveStage): Promise<string> {
  const codes: (number | null)[] = [];
  while (codes.at(-1) !== 0 && codes.length < 3) {
    const { state } = await desk.show(run);
    const fresh = state === "AWAITING_LIFECYCLE_AUTHORIZATION" ? await desk.approve(run, "SG2") : approval;
    codes.push((await desk.resume(run, fresh)).code);
  }
  const { store, ledger } = await phasesOf(database, desk, run);
  const verified = await desk.run(["verify", run, "--config", desk.configuration]);
  const left = `resumed to ${codes.at(-1)}, verify ${verified.code}, phases ${store.join() === ledger.join()}`;
  return `${contentOf(database, run)}\n${left}`;
}

/** Nothing of the cut is there, and nothing of the backup; a run of its own does all of it. */
async function expectStartedClean(stage: LiveStage, before: string): Promise<void> {
  const { database, desk, run } = stage;
  expect((await desk.show(run)).stop?.code).toBe("STOP_BACKUP_REFUSED");
  expect([countsOf(database), existsSync(join(desk.state, "locks", "HOLD"))]).toEqual([before, true]);
  const backups = join(desk.state, "backups");
  expect(existsSync(backups) ? readdirSync(backups) : []).toEqual([]);
  expect((await desk.run(["hold", "clear", "--run", run, "--confirm", run])).code).toBe(0);
  const fresh = await desk.begin("HANDBOOK", handbook());
  expect(await goneOn({ ...stage, run: fresh, approval: await desk.approve(fresh, "SG1") })).toBe(undisturbed);
}

async function disturbed(stage: LiveStage, fault: DiskFault): Promise<void> {
  const named = { seed: SEED, ...fault };
  const before = countsOf(stage.database);
  const disk = failingDisk(fault);
  const ended = await stage.desk.run(await resumeWords(stage), { script: disk.script });
  expect({ ...named, struck: disk.struck() }).toEqual({ ...named, struck: true });
  // What only tidies up may fail, and then nothing is lost.
  if (ended.code !== 0 && ended.code !== 6) expect(readText(ended)?.data).not.toContain("rolled back");
  if ((await stage.desk.show(stage.run)).state === "STOPPED") return expectStartedClean(stage, before);
  expect({ ...named, left: await goneOn(stage) }).toEqual({ ...named, left: undisturbed });
}

for (const [gate, { stage, kinds }] of Object.entries(WAYS)) {
  test(
    `behind ${gate} the disk fails, and is mended: the run leaves what it leaves undisturbed`,
    async () => {
      const random = randomFrom(SEED);
      const faults = kinds.flatMap(({ count, most, ...kind }) =>
        sample(count, most, random).map((number) => ({ ...kind, number })),
      );
      const work = async (): Promise<void> => {
        for (let fault = faults.shift(); fault !== undefined; fault = faults.shift()) {
          const staged = await stage(server);
          await disturbed(staged, fault);
          staged.database.drop();
        }
      };
      await Promise.all(Array.from({ length: ABREAST }, work));
    },
    PATIENCE_MS,
  );
}

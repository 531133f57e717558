/** Tests of a live run that is resumed behind its backup: that has to be there still, and of what is there now. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
/** A run whose process was killed between its backup and leg A. */
beforeEach(async () => {
  ({ database, desk, run } = await stageLive(await anyServer(), crashBuild()));
  const environment = { CUTTER_CRASH_AT: "phase-transaction-begun:2" };
  expect((await desk.resume(run, await desk.approve(run, "SG1"), { environment })).signal).toBe("SIGKILL");
  expect((await desk.show(run)).state).toBe("BACKED_UP");
}, PATIENCE_MS);
afterEach(() => database.drop());

function backupFile(): string {
  const folder = join(desk.state, "backups");
  const name = readdirSync(folder).find((one) => one.endsWith(".gpg"));
  if (name === undefined) throw new Error(`there is no backup in ${folder}`);
  return join(folder, name);
}

const units = (): string =>
  database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'");

test(
  "as it was made, and of what is there: the run goes on",
  async () => {
    const verified = await desk.run(["verify", run, "--config", desk.configuration]);
    expect(verified.stdout.replaceAll(/\s+/g, " ")).toContain("has the digest that it was made with");
    const resumed = await desk.resume(run, null);
    expect([resumed.code, readText(resumed)?.message, units()]).toEqual([6, expect.stringContaining("SG2"), "3"]);
    renameSync(backupFile(), join(temporaryFolder(), "moved.gpg"));
    const moved = await desk.run(["verify", run, "--config", desk.configuration]);
    expect([moved.code, moved.stdout.replaceAll(/\s+/g, " ")]).toEqual([
      0,
      expect.stringContaining("was not compared"),
    ]);
  },
  PATIENCE_MS,
);

test.each([
  ["gone", "is not there, or not a regular file", () => rmSync(backupFile())],
  ["changed", "is not the file that was made", () => appendFileSync(backupFile(), "x")],
])(
  "%s: nothing is written, and verify says so",
  async (_what, why, spoil) => {
    spoil();
    const verified = await desk.run(["verify", run, "--config", desk.configuration]);
    expect([verified.code, readText(verified)?.message]).toEqual([3, expect.stringContaining(why)]);
    const refused = await desk.resume(run, null);
    expect([refused.code, readText(refused)?.code]).toEqual([4, "STOP_BACKUP_REFUSED"]);
    expect([readText(refused)?.message, units()]).toEqual([expect.stringContaining(why), "0"]);
  },
  PATIENCE_MS,
);

test(
  "others have written since: what a restore would lose is named, and nothing is written",
  async () => {
    database.psql("SELECT fn_iu_create('OTHER/x', 't', 'b', 'a', 'law_unit', 'article', 'law')");
    const refused = await desk.resume(run, null);
    expect([refused.code, readText(refused)?.code]).toEqual([4, "STOP_BACKUP_REFUSED"]);
    expect(readText(refused)?.message).toContain("public.information_unit had 158 rows and has 159");
    expect(units()).toBe("0");
  },
  PATIENCE_MS,
);

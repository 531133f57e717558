/** Tests of a whole live run, as an operator does it: a real law, approved twice, backed up, written and enacted. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const LAW = join(import.meta.dirname, "../../../../shared/documents/vn-luat-69-2020-lao-dong-nuoc-ngoai.txt");
const PATIENCE_MS = 60_000;

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  desk = makeLiveDesk(database);
  run = await desk.begin("VN-69", LAW);
}, PATIENCE_MS);
afterAll(() => database.drop());

const counts = () =>
  database.psql("SELECT (SELECT count(*) FROM information_unit), (SELECT count(*) FROM unit_version)");

test(
  "from the first gate to the second with one signed approval, and to the end with another",
  async () => {
    const before = counts().split("|").map(Number);
    const rehearsed = await desk.run(["rehearse", run, "--config", desk.configuration, "--json"]);
    const { cut, rows } = JSON.parse(rehearsed.stdout) as { cut: { outcome: string }[]; rows: number };
    expect([rehearsed.code, cut.every(({ outcome }) => outcome === "done")]).toEqual([0, true]);
    const first = await desk.resume(run, await desk.approve(run, "SG1"));
    expect([first.code, first.stderr]).toEqual([6, expect.stringContaining("STOP_APPROVAL_REQUIRED")]);
    const second = await desk.resume(run, await desk.approve(run, "SG2"));
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("CUTTER_RUN CLOSEOUT_REPORTED")]);
    expect(counts().split("|").map(Number)).toEqual(before.map((count) => count + rows));
    const bodies = `SELECT encode(sha256(string_agg(convert_to(v.body, 'UTF8'), ''::bytea ORDER BY r.ordinal)), 'hex')
      FROM cutter_governance.cut_change_set_affected_row r JOIN unit_version v ON v.id = r.unit_version_id`;
    const digest = database.psql(`${bodies} JOIN cutter_governance.cut_change_set s ON s.id = r.change_set_id
      WHERE s.run_id = '${run}'`);
    expect(digest).toBe(new Bun.CryptoHasher("sha256").update(readFileSync(LAW)).digest("hex"));
    expect(
      database.psql(`SELECT string_agg(phase, ' ' ORDER BY created_at, phase), count(*) FROM cutter_governance.run_phase
        WHERE run_id = '${run}' AND outcome = 'done'`),
    ).toEndWith("|9");
  },
  PATIENCE_MS,
);

test("its record is intact, both signatures of its pair verify, and its backup restores", async () => {
  const verified = await desk.run(["verify", run, "--config", desk.configuration]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("CUTTER_VERIFY INTACT")]);
  for (const leg of ["exec", "verify"]) {
    expect(verified.stdout.replaceAll(/\s+/g, " ")).toContain(`the leg ${leg} signed the change set, checked with`);
  }
  expect(existsSync(join(desk.state, "rollback", run, "pre.json"))).toBe(true);
});

test("another resume does no work and makes no connection", async () => {
  const events = await desk.run(["show", run, "--json"]);
  const again = await desk.run(["resume", run, "--live", "--url", "postgres://nobody@127.0.0.1:1/none"]);
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("no work was done")]);
  expect((await desk.run(["show", run, "--json"])).stdout).toBe(events.stdout);
});

test("an enacted document, cut again from the same text, has nothing to write", async () => {
  const words = ["cut", "VN-69", "--source", LAW, "--survey", "--live", "--config", desk.configuration];
  const ended = await desk.run(words);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining("CUTTER_RUN PLANNED")]);
});

test("a replayed approval is refused before any connection for writing", async () => {
  const other = await desk.begin("VN-69-B", LAW);
  const approval = await desk.approve(run, "SG1").catch((error: Error) => error.message);
  expect(approval).toBeString();
  const ended = await desk.resume(other, null);
  expect([ended.code, readText(ended)?.code]).toEqual([6, "STOP_APPROVAL_REQUIRED"]);
});

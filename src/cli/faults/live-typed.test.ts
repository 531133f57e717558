/**
 * live-typed.test: what a person types on a real terminal before anything is written: the right words go on, all others
 * leave everything as it stands, and what was judged before the question is judged again after the answer.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { stageLive } from "../../../scripts/faults/live-stage.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { onTerminal, type Typist } from "../../../scripts/faults/terminal.ts";

const PATIENCE_MS = 60_000;
const CTRL_C = "\x03";
const CTRL_D = "\x04";

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
let digest: string;
beforeEach(async () => {
  ({ database, desk, run } = await stageLive(await anyServer()));
  digest = (await desk.show(run)).cutplanSha256 ?? "";
}, PATIENCE_MS);
afterEach(() => database.drop());

async function asked(argv: readonly string[]): Promise<Typist> {
  const typist = onTerminal([...argv, "--live", "--config", desk.configuration], desk.state);
  await typist.shows("anything else leaves it:");
  return typist;
}

const units = (): string =>
  database.psql(`SELECT coalesce(string_agg(DISTINCT lifecycle_status, ' '), 'none') FROM information_unit
    WHERE canonical_address LIKE 'HANDBOOK%'`);

test(
  "the first eight characters of the plan's digest let it go on, on a terminal that says what it writes and where",
  async () => {
    const typist = await asked(["resume", run, "--approval", await desk.approve(run, "SG1")]);
    expect(typist.text()).toContain(`run ${run} writes HANDBOOK for real into`);
    typist.type(`${digest.slice(0, 8)}\r`);
    expect([await typist.exited, units()]).toEqual([6, "draft"]);
  },
  PATIENCE_MS,
);

test.each([
  ["nothing", "\r", 4],
  ["seven characters", "seven", 4],
  ["yes", "yes\r", 4],
  ["the end of the input", CTRL_D, 4],
  ["Ctrl-C", CTRL_C, 130],
])(
  "%s: nothing is written, and the approval is still good",
  async (_what, keys, code) => {
    const approval = await desk.approve(run, "SG1");
    const typist = await asked(["resume", run, "--approval", approval]);
    typist.type(keys === "seven" ? `${digest.slice(0, 7)}\r` : keys);
    expect([await typist.exited, units()]).toEqual([code, "none"]);
    expect((await desk.resume(run, approval)).code).toBe(6);
  },
  PATIENCE_MS,
);

test(
  "an approval that ends while the question stands takes nothing back, and the run goes on at its gate",
  async () => {
    expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
    const approval = await desk.approveFor(3, run, "REVERT");
    const typist = await asked(["revert", run, "--approval", approval]);
    await Bun.sleep(3_500);
    typist.type(`${digest}\r`);
    expect([await typist.exited, units()]).toEqual([4, "draft"]);
    expect(typist.text()).toContain("STOP_APPROVAL_EXPIRED");
    expect((await desk.show(run)).state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  },
  PATIENCE_MS,
);

test(
  "a HOLD that another sets while the question stands leaves the run at its gate",
  async () => {
    expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
    const typist = await asked(["revert", run, "--approval", await desk.approve(run, "REVERT")]);
    writeFileSync(join(desk.state, "locks", "HOLD"), "run ictr-x: look at this first\n", { mode: 0o600 });
    typist.type(`${digest}\r`);
    expect([await typist.exited, units()]).toEqual([4, "draft"]);
    expect((await desk.show(run)).state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  },
  PATIENCE_MS,
);

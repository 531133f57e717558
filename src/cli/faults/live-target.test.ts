/** Tests of a live run whose connections for writing lead elsewhere than it was surveyed: nothing is taken or used. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
let approval: string;
beforeEach(async () => {
  ({ database, desk, run, approval } = await stageLive(await anyServer()));
}, PATIENCE_MS);
afterEach(() => database.drop());

async function resume(...urls: readonly string[]) {
  const { cutplanSha256 } = await desk.show(run);
  const words = ["--approval", approval, "--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
  const ended = await desk.run(["resume", run, ...words, ...urls]);
  return { code: ended.code, failure: readText(ended)?.code, message: readText(ended)?.message };
}

const preJson = (): string => join(desk.state, "rollback", run, "pre.json");

async function expectUntouched(): Promise<void> {
  expect([existsSync(preJson()), (await desk.show(run)).state]).toEqual([false, "AWAITING_CUT_AUTHORIZATION"]);
  expect((await desk.run(["verify", run, "--config", desk.configuration])).code).toBe(0);
}

test(
  "another database of the same cluster is refused before pre.json is taken of it, and the approval is still good",
  async () => {
    const other = await makeReference(database.server);
    try {
      const refused = await resume("--exec-url", other.url("cutter_exec"));
      expect(refused).toMatchObject({ code: 4, failure: "STOP_TARGET_CHANGED" });
      await expectUntouched();
      expect(other.psql(`SELECT count(*) FROM cutter_governance.run WHERE run_id = '${run}'`)).toBe("0");
    } finally {
      other.drop();
    }
    expect((await resume()).code).toBe(6);
    const { target } = JSON.parse(readFileSync(preJson(), "utf8"));
    expect(target.database).toBe(database.name);
  },
  PATIENCE_MS,
);

test(
  "a role that may not ask which cluster it is on does not write, since any cluster would do",
  async () => {
    const asking = "ON FUNCTION pg_catalog.pg_control_system()";
    database.psql(`REVOKE EXECUTE ${asking} FROM PUBLIC; GRANT EXECUTE ${asking} TO context_pack_readonly`);
    const refused = await resume();
    expect(refused).toMatchObject({ code: 4, failure: "STOP_TARGET_CHANGED" });
    expect(refused.message).toContain("which cluster this is cannot be told: the role cutter_exec may not ask for it");
    await expectUntouched();
    database.psql(`GRANT EXECUTE ${asking} TO PUBLIC`);
    expect((await resume()).code).toBe(6);
  },
  PATIENCE_MS,
);

test(
  "a pre.json that lies there and was never noted is nothing that a revert is judged by",
  async () => {
    Bun.spawnSync(["install", "-d", "-m", "0700", join(desk.state, "rollback"), join(desk.state, "rollback", run)]);
    writeFileSync(preJson(), '{"schema":"cutter.snapshot/v1","counts":{}}\n', { mode: 0o600 });
    expect((await resume()).code).toBe(6);
    const { counts } = JSON.parse(readFileSync(preJson(), "utf8"));
    expect(counts["public.information_unit"]).toBe(158);
    expect((await desk.run(["verify", run, "--config", desk.configuration])).code).toBe(0);
  },
  PATIENCE_MS,
);

test(
  "a role that cannot be reached in the middle: what was done before it is told, and that it stands",
  async () => {
    const { cutplanSha256 } = await desk.show(run);
    const words = ["--approval", approval, "--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
    const nowhere = ["--verify-url", "postgres://cutter_verify@127.0.0.1:1/none"];
    const ended = await desk.run(["resume", run, ...words, ...nowhere]);
    expect([ended.code, readText(ended)?.code]).toEqual([5, "CONNECT_FAILED"]);
    const data = "What was done before it stands: pre_write_backup, cut_leg_a, leg_b_record. Of what failed: ";
    expect([readText(ended)?.data, ended.stdout]).toEqual([
      expect.stringContaining(data),
      expect.stringContaining("CUTTER_RUN RECORDED"),
    ]);
    expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'")).toBe("3");
    expect((await resume()).code).toBe(6);
  },
  PATIENCE_MS,
);

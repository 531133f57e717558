/**
 * run-forged.test: evidence that was forged whole, a run store that was put back, and a folder that is gone: what says
 * so.
 *
 * The forger wrote every digest in the folder anew; what contradicts him lies elsewhere.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { forge } from "../../../scripts/faults/forge.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { type Desk, HANDBOOK, makeDesk, makeReference, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let sound: Desk;
/** A dry run with two closed runs. */
let session: string;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  sound = makeDesk();
  const ended = await sound.run(["dryrun", ...surveying(database), "--json"]);
  ({ sessionId: session } = JSON.parse(ended.stdout) as { sessionId: string });
});
afterAll(() => database.drop());

describe("a report that was forged whole, its digests written anew", () => {
  test.each(["facts.json", "report.md", "report.html", "report.txt", "junit.xml"])("%s", async (name) => {
    const [member = ""] = readdirSync(join(sound.state, "runs", session)).filter((one) => one !== "evidence");
    for (const place of [session, join(session, member)]) {
      const forgery = ({ state }: Desk): void => {
        const evidence = join(state, "runs", place, "evidence");
        forge(evidence, name, readFileSync(join(evidence, name), "utf8").replaceAll("ICX-CONST", "ICX-C0NST"));
      };
      const desk = sound.copy();
      forgery(desk);
      const ended = await desk.run(["verify", session]);
      expect([ended.code, readText(ended)?.message]).toEqual([
        3,
        expect.stringContaining("is not what the run store noted"),
      ]);
    }
  });

  test("is not printed again", async () => {
    const desk = sound.copy();
    const evidence = join(desk.state, "runs", session, "evidence");
    forge(evidence, "facts.json", readFileSync(join(evidence, "facts.json"), "utf8").replaceAll("PASS", "FAIL"));
    const ended = await desk.run(["report", session]);
    expect([ended.code, ended.stdout, readText(ended)?.code]).toEqual([3, "", "EVIDENCE_ALTERED"]);
  });
});

describe("a run store that was put back to what it was before a gate", () => {
  /** The store and the run's folder, each from another time. */
  async function putBack(): Promise<{ readonly desk: Desk; readonly run: string }> {
    const desk = makeDesk();
    const source = join(temporaryFolder(), "handbook.md");
    writeFileSync(source, HANDBOOK);
    const run = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
    const before = desk.copy();
    await desk.run(["resume", run, ...surveying(database)]);
    for (const name of ["cutter.db", "cutter.db-wal", "cutter.db-shm"]) {
      rmSync(join(desk.state, name), { force: true });
      if (existsSync(join(before.state, name))) cpSync(join(before.state, name), join(desk.state, name));
    }
    return { desk, run };
  }

  test("is contradicted by the approval that was used, and goes no further", async () => {
    const { desk, run } = await putBack();
    for (const argv of [
      ["verify", run],
      ["resume", run, ...surveying(database)],
    ]) {
      const ended = await desk.run(argv);
      expect([argv[0], ended.code, readText(ended)?.message]).toEqual([
        argv[0],
        3,
        expect.stringContaining("an older cutter.db was put back"),
      ]);
    }
  });
});

describe("a run that has ended", () => {
  test("is answered from the store alone, whatever became of its folder, and nothing is written", async () => {
    const desk = sound.copy();
    const [member = ""] = readdirSync(join(desk.state, "runs", session)).filter((name) => name !== "evidence");
    for (const gone of [join(session, member, "evidence"), join(session, member)]) {
      rmSync(join(desk.state, "runs", gone), { recursive: true });
      const ended = await desk.run(["resume", member, ...surveying(database)]);
      expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining("CLOSEOUT_REPORTED")]);
      expect(existsSync(join(desk.state, "runs", gone))).toBe(false);
    }
  });
});

/**
 * live-refused.test: what does not let a live run write: each is refused with exit 4, and nobody connects to write.
 *
 * The connections for writing lead to a listener that counts who comes.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { HANDBOOK, makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let source: string;
/** A run that waits at SG1, with a sound approval beside it; each test has a copy. */
let sound: LiveDesk;
let run: string;
let approval: string;
let came = 0;
const listener = createServer((socket) => {
  came += 1;
  socket.destroy();
});

beforeAll(async () => {
  database = await makeReference(await anyServer());
  source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  sound = makeLiveDesk(database);
  run = await sound.begin("HANDBOOK", source);
  approval = await sound.approve(run, "SG1");
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  listener.close();
  database.drop();
});
beforeEach(() => {
  came = 0;
});

function countedUrls(): readonly string[] {
  const address = listener.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return ["exec", "verify", "backup"].flatMap((role) => [`--${role}-url`, `postgres://x@127.0.0.1:${port}/x`]);
}

type Attempt = { readonly approval?: string | null; readonly argv?: readonly string[] };

async function attempt(desk: LiveDesk, { approval: given = approval, argv = [] }: Attempt = {}) {
  const words = given === null ? [] : ["--approval", given];
  const { cutplanSha256 } = await desk.show(run);
  const confirm = argv.includes("--confirm") ? [] : ["--confirm", cutplanSha256 ?? ""];
  const live = ["--live", ...confirm, "--config", desk.configuration, ...countedUrls(), ...argv];
  const ended = await desk.run(["resume", run, ...words, ...live]);
  return { exit: ended.code, code: readText(ended)?.code, came };
}

/** A document like the approval with something changed, not signed again. */
function edited(changes: Readonly<Record<string, unknown>>): string {
  const path = join(temporaryFolder(), "edited.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(approval, "utf8")), ...changes }));
  writeFileSync(`${path}.sig`, readFileSync(`${approval}.sig`));
  return path;
}

test("the listener is reached where nothing refuses: a run that is approved asks for its connection", async () => {
  const answer = await attempt(sound.copyLive());
  expect([answer.exit, answer.came > 0]).toEqual([5, true]);
});

test("HOLD, whoever set it and for whatever run", async () => {
  const desk = sound.copyLive();
  mkdirSync(join(desk.state, "locks"), { recursive: true, mode: 0o700 });
  writeFileSync(join(desk.state, "locks", "HOLD"), "run ictr-x: look at this first\n", { mode: 0o600 });
  expect(await attempt(desk)).toEqual({ exit: 4, code: "STOP_HOLD", came: 0 });
});

test("the plan's digest not typed, or another one", async () => {
  const wrong = await attempt(sound.copyLive(), { argv: ["--confirm", "0".repeat(64)] });
  expect(wrong).toEqual({ exit: 4, code: "CONFIRMATION_MISSING", came: 0 });
});

test("no --live", async () => {
  const desk = sound.copyLive();
  const ended = await desk.run(["resume", run, "--approval", approval, "--config", desk.configuration]);
  expect([ended.code, readText(ended)?.code]).toEqual([4, "STOP_KILL_SWITCH"]);
});

test.each([
  ["edited by one letter", { note: "x" }],
  ["for another run", { run_id: "ictr-y" }],
  ["for another gate", { gate: "SG2" }],
  ["of another plan", { cutplan_sha256: "0".repeat(64) }],
  ["made to last longer", { expires_at: "2999-01-01T00:00:00Z" }],
] as const)("an approval %s", async (_what, changes) => {
  const answer = await attempt(sound.copyLive(), { approval: edited(changes) });
  expect(answer).toEqual({ exit: 4, code: "STOP_APPROVAL_INVALID", came: 0 });
});

test("an approval without its signature", async () => {
  const path = join(temporaryFolder(), "unsigned.json");
  writeFileSync(path, readFileSync(approval));
  expect(await attempt(sound.copyLive(), { approval: path })).toEqual({
    ...{ exit: 4, came: 0 },
    code: "STOP_APPROVAL_INVALID",
  });
});

test("an approval of another run, signed by the same hand", async () => {
  const other = makeLiveDesk(database);
  const otherRun = await other.begin("OTHER", source);
  const foreign = await other.approve(otherRun, "SG1");
  expect(await attempt(sound.copyLive(), { approval: foreign })).toEqual({
    ...{ exit: 4, came: 0 },
    code: "STOP_APPROVAL_INVALID",
  });
});

test("the stub that a dry run wrote for itself", async () => {
  const desk = sound.copyLive();
  const dry = await desk.run(["dryrun", "--stop-at-gates", "--json", "--source", source, "HANDBOOK"]);
  const [stub = ""] = /ictr-[0-9TZ]+-[0-9a-f]{8}/.exec(dry.stdout) ?? [];
  const { folder } = await desk.show(stub);
  const answer = await attempt(desk, { approval: join(folder, "smoke-SG1.json") });
  expect([answer.exit, answer.came]).toEqual([4, 0]);
});

test("a drift: the document has come into the database meanwhile", async () => {
  const desk = sound.copyLive();
  database.psql(`SELECT fn_iu_create('HANDBOOK/handbook', 'Handbook', 'x', 'a', 'law_unit', 'article', 'law')`);
  expect(await attempt(desk)).toEqual({ exit: 4, code: "STOP_PLAN_DRIFT", came: 0 });
  database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%');
    DELETE FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'`);
});

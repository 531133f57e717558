/** Tests of a store whose bytes were spoiled: refused, found by the chain, or of an earlier moment; never believed. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { openStore } from "./open-store.ts";
import { closedStore, FILES, killedStore, refusal } from "./sample-files.ts";
import { endOtherProcesses } from "./sample-process.ts";
import { ok, sampleFolders } from "./sample-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);
afterAll(endOtherProcesses);

/** What a store says when its bytes were damaged: a refusal, or events that are a beginning of the true ones. */
async function judgeDamage(
  place: string,
  truth: readonly string[],
): Promise<"refused" | "altered" | "older" | "whole"> {
  const store = await openStore(place);
  if (store instanceof Failure) {
    expect(["STORE_DAMAGED", "STORE_TOO_NEW"]).toContain(store.code);
    return "refused";
  }
  try {
    const verdict = store.verifyChain();
    if (verdict instanceof Failure) {
      expect(["EVIDENCE_ALTERED", "STORE_DAMAGED"]).toContain(verdict.code);
      return "altered";
    }
    const events = ok(store.events()).map(({ sha256 }) => sha256);
    expect(events).toEqual(truth.slice(0, events.length));
    for (const { runId } of ok(store.runs())) ok(store.phases(runId));
    return events.length === truth.length ? "whole" : "older";
  } finally {
    store.close();
  }
}

async function truthOf(place: string): Promise<readonly string[]> {
  const copy = `${place}.copy`;
  fs.cpSync(place, copy, { recursive: true });
  const store = ok(await openStore(copy));
  const truth = ok(store.events()).map(({ sha256 }) => sha256);
  store.close();
  return truth;
}

const STRIDE_BYTES = 211;

test("a flipped bit in the database is refused, found by the chain, or harmless; never believed", async () => {
  const { place, path } = await closedStore(folders.next());
  const whole = fs.readFileSync(path);
  const truth = await truthOf(place);
  const seen = new Map<string, number>();
  for (let at = 0; at < whole.length; at += STRIDE_BYTES) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at % 8)), at);
    fs.writeFileSync(path, damaged);
    const verdict = await judgeDamage(place, truth);
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
  }
  // Without a log there is nothing to fall back to, so nothing can be older.
  expect([...seen.keys()].sort()).toEqual(["altered", "refused", "whole"]);
}, 60_000);

test("a database that was cut at any length is refused, and stays as it was cut", async () => {
  const { place, path } = await closedStore(folders.next());
  const whole = fs.readFileSync(path);
  for (let length = 0; length < whole.length; length += 4096 - 511) {
    fs.writeFileSync(path, whole.subarray(0, length));
    expect([length, await refusal(place)]).toEqual([
      length,
      { code: "STORE_DAMAGED", message: expect.any(String), untouched: true },
    ]);
  }
}, 60_000);

/** Every cut and a flip at each place of the log of a killed process; what the store said of them. */
async function damageLog(place: string): Promise<readonly string[]> {
  const truth = await truthOf(place);
  const whole = FILES.map((name) => fs.readFileSync(join(place, name)));
  const log = whole[1] ?? Buffer.alloc(0);
  const verdicts = new Set<string>();
  const judge = async (bytes: Buffer) => {
    for (const [index, name] of FILES.entries()) {
      fs.writeFileSync(join(place, name), name.endsWith("-wal") ? bytes : (whole[index] ?? ""), { mode: 0o600 });
    }
    verdicts.add(await judgeDamage(place, truth));
  };
  // 150 places, each at another offset of its page.
  for (let at = 0; at < log.length; at += Math.floor(log.length / 150) | 1) {
    await judge(log.subarray(0, at));
    const flipped = Buffer.from(log);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
    await judge(flipped);
  }
  await judge(log);
  return [...verdicts].sort();
}

test("a log that was cut or has a flipped bit gives the state of an earlier moment, never a torn one", async () => {
  const { place } = await killedStore(folders.next());
  expect(await damageLog(place)).toEqual(["older", "whole"]);
}, 60_000);

test("a damaged log whose pages are in the database already makes a torn state, which is refused", async () => {
  const { place } = await killedStore(
    folders.next(),
    `
    for (let turn = 0; turn < 40; turn++) {
      ok(store.note(run.runId, { fence: lock.fence, subject: "turn", facts: { text: "x".repeat(400) } }));
    }
    const { Database } = await import("bun:sqlite");
    new Database(place + "/cutter.db").run("PRAGMA wal_checkpoint(PASSIVE)");`,
  );
  // Old pages of the log lie over newer ones of the database: what they make together is not believed.
  expect(await damageLog(place)).toEqual(expect.arrayContaining(["refused", "whole"]));
}, 60_000);

test("pages that do not fit together, and a format that nobody knows, are refused at once", async () => {
  const { place, path } = await closedStore(folders.next());
  const whole = fs.readFileSync(path);
  const messages: string[] = [];
  for (let page = 2; page <= whole.length / 4096; page++) {
    fs.writeFileSync(path, Buffer.from(whole).fill(0, (page - 1) * 4096, page * 4096));
    const { code, message, untouched } = await refusal(place);
    expect([page, code, untouched]).toEqual([page, "STORE_DAMAGED", true]);
    messages.push(message);
  }
  expect(messages.filter((message) => message.includes("SQLite says: ")).length).toBeGreaterThan(5);
  // Bytes 44 to 47: the schema format number, at most 4 (sqlite.org/fileformat2.html §1.3.11).
  fs.writeFileSync(path, Buffer.from(whole).fill(9, 47, 48));
  expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
});

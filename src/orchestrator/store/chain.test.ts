/** Sabotage of the chain: whoever edits, cuts, reorders, inserts or rewrites behind the store's back is named. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { verifyChain } from "./chain.ts";
import { Connection } from "./connection.ts";
import { eventDigest, parseEventRow } from "./event.ts";
import { acquireRunLock } from "./run-lock.ts";
import { driveTo, newRun, ok, sampleFolders, sampleRun } from "./sample-run.ts";

const folders = sampleFolders();
const place = folders.next();
afterAll(folders.remove);

let firstRun = "";
let otherRun = "";

/** Two runs whose events alternate; an approval; a void attempt. */
beforeAll(async () => {
  const first = await sampleRun(place);
  const { store } = first;
  firstRun = first.lock.runId;
  otherRun = ok(store.createRun(newRun({ documentId: "OTHER" }))).runId;
  const other = { store, lock: ok(await acquireRunLock(store, otherRun)) };
  const attempt = { phase: "manifest", attempt: 1, fence: 1 } as const;
  ok(store.beginPhase(otherRun, attempt));
  driveTo(first, "AWAITING_CUT_AUTHORIZATION");
  ok(store.finishPhase(otherRun, { ...attempt, outcome: "void", payload: null }));
  const digests = { documentSha256: sha256("document"), cutplanSha256: sha256("plan") };
  ok(store.consumeApproval(firstRun, { approvalId: "approval-1", gate: "SG1", ...digests, fence: 1 }));
  ok(store.stop(otherRun, { state: "SURVEYED", stopCode: "STOP_INTERRUPTED", message: "ended", fence: 1 }));
  ok(store.verifyChain());
  first.lock.release();
  other.lock.release();
  store.close();
});

let copies = 0;

/** A copy of the store, without its triggers, for a forger who knows SQL; what the chain says of it then. */
function sabotage(...statements: readonly (string | ((database: Database) => void))[]): unknown {
  const path = join(place, `copy-${++copies}.db`);
  copyFileSync(join(place, "cutter.db"), path);
  const database = new Database(path, { strict: true });
  const triggers = database.query("SELECT name FROM sqlite_schema WHERE type = 'trigger'").values().flat();
  for (const trigger of triggers) database.run(`DROP TRIGGER ${trigger}`);
  for (const statement of statements) {
    if (typeof statement === "string") database.run(statement);
    else statement(database);
  }
  const verdict = verifyChain(new Connection(path, database));
  database.close();
  return verdict instanceof Failure ? { code: verdict.code, ...verdict.facts } : verdict;
}

/** Writes the digest that an event must have now, and those of all that follow it if asked. */
function rehash(database: Database, from: number): void {
  let previous = from === 1 ? "0".repeat(64) : digestAt(database, from - 1);
  const lastOfRun = new Map<string, string>();
  for (const row of database.query("SELECT * FROM event ORDER BY sequence").all() as { run_id: string }[]) {
    const event = ok(parseEventRow(row));
    if (event.sequence >= from) {
      const runPreviousSha256 = lastOfRun.get(event.runId) ?? "0".repeat(64);
      const changed = { ...event, previousSha256: previous, runPreviousSha256 };
      previous = eventDigest(changed);
      const values = [changed.previousSha256, runPreviousSha256, previous, event.sequence];
      database
        .query("UPDATE event SET previous_sha256 = ?, run_previous_sha256 = ?, sha256 = ? WHERE sequence = ?")
        .run(...values);
      lastOfRun.set(event.runId, previous);
    } else lastOfRun.set(event.runId, event.sha256);
  }
}

function digestAt(database: Database, sequence: number): string {
  const row = database.query("SELECT sha256 FROM event WHERE sequence = ?").get(sequence) as { sha256: string };
  return row.sha256;
}

const ALTERED = { code: "EVIDENCE_ALTERED" };

describe("the chain of the store", () => {
  test("fits where nothing was done to it", () => {
    const untouched = sabotage();
    expect(untouched).toEqual({ events: 13, evidence: 0, sha256: expect.any(String) });
  });

  test("names the event that was edited, in each of its columns", () => {
    const edits = ["at = at || ' '", "kind = 'noted'", "data = '{}'", "data = data || ' '", `run_id = '${otherRun}'`];
    for (const edit of edits) {
      const got = sabotage(`UPDATE event SET ${edit} WHERE sequence = 6`);
      expect([edit, got]).toEqual([edit, { ...ALTERED, sequence: 6, what: "changed" }]);
    }
    const hash = sabotage("UPDATE event SET sha256 = lower(hex(randomblob(32))) WHERE sequence = 6");
    expect(hash).toEqual({ ...ALTERED, sequence: 6, what: "changed" });
  });

  test("names the event after one that was edited and given a digest that fits", () => {
    const got = sabotage("UPDATE event SET at = '2020-01-01' WHERE sequence = 6", (database) => {
      const event = ok(parseEventRow(database.query("SELECT * FROM event WHERE sequence = 6").get()));
      database.query("UPDATE event SET sha256 = ? WHERE sequence = 6").run(eventDigest(event));
    });
    expect(got).toEqual({ ...ALTERED, sequence: 7, what: "misplaced" });
    // The next event is of the other run, whose own chain still fits: that of the whole store does not.
    const across = sabotage("UPDATE event SET at = '2020-01-01' WHERE sequence = 11", (database) => {
      const event = ok(parseEventRow(database.query("SELECT * FROM event WHERE sequence = 11").get()));
      expect(event.runId).toBe(otherRun);
      database.query("UPDATE event SET sha256 = ? WHERE sequence = 11").run(eventDigest(event));
    });
    expect(across).toEqual({ ...ALTERED, sequence: 12, what: "misplaced" });
  });

  test("names the event that was cut out, at the beginning, in the middle and at the end", () => {
    for (const cut of [1, 6]) {
      const got = sabotage(`DELETE FROM event WHERE sequence = ${cut}`);
      expect([cut, got]).toEqual([cut, { ...ALTERED, sequence: cut, what: "missing" }]);
    }
    const moved = sabotage(
      "DELETE FROM event WHERE sequence = 6",
      "UPDATE event SET sequence = sequence - 1 WHERE sequence > 6",
    );
    expect(moved).toEqual({ ...ALTERED, sequence: 6, what: "changed" });
    const end = sabotage("DELETE FROM event WHERE sequence = 13");
    expect(end).toMatchObject({ ...ALTERED, table: "run", run_id: otherRun });
    expect(sabotage("DELETE FROM event")).toMatchObject({ ...ALTERED, table: "run" });
  });

  test("names the first of two events that changed places, and one that was put in", () => {
    const swapped = sabotage(
      "UPDATE event SET sequence = -1 WHERE sequence = 6",
      "UPDATE event SET sequence = 6 WHERE sequence = 7",
      "UPDATE event SET sequence = 7 WHERE sequence = -1",
    );
    expect(swapped).toEqual({ ...ALTERED, sequence: 6, what: "changed" });
    const inserted = sabotage((database) => {
      const last = ok(parseEventRow(database.query("SELECT * FROM event WHERE sequence = 13").get()));
      const forged = { ...last, sequence: 14, kind: "moved", data: {}, previousSha256: last.sha256 } as const;
      const values = [forged.runId, forged.at, forged.kind, "{}", forged.previousSha256, forged.runPreviousSha256];
      database.query("INSERT INTO event VALUES (14, ?, ?, ?, ?, ?, ?, ?)").run(...values, eventDigest(forged));
    });
    expect(inserted).toEqual({ ...ALTERED, sequence: 14, what: "misplaced" });
  });

  test("shows what was rewritten to its end in the rows of its runs, and those too in the digest that was kept", () => {
    const rewritten = sabotage("UPDATE event SET at = '2020-01-01' WHERE sequence = 6", (database) =>
      rehash(database, 6),
    );
    expect(rewritten).toMatchObject({ ...ALTERED, table: "run" });
    const everything = sabotage("UPDATE event SET at = '2020-01-01' WHERE sequence = 13", (database) => {
      rehash(database, 13);
      database
        .query("UPDATE run SET event_sha256 = ?, updated_at = '2020-01-01' WHERE run_id = ?")
        .run(digestAt(database, 13), otherRun);
    });
    expect(everything).toEqual({ events: 13, evidence: 0, sha256: expect.any(String) });
    expect(canonicalJson(everything as never)).not.toBe(canonicalJson(sabotage() as never));
  });

  test("names the row that was changed behind it, column by column", () => {
    const edits = {
      run: [
        ...["state = 'PLANNED'", "fence = fence + 1", "stop_code = NULL, stop_message = NULL", "document_id = 'X'"],
        ...["target = '{}'", "session_id = 'x'", "mode = 'rehearsal'", "source_version_id = 'x'", "created_at = 'x'"],
        ...["open_phase = 'manifest', open_attempt = 1", `cutplan_sha256 = '${sha256("x")}'`, "updated_at = 'x'"],
      ],
      run_phase: ["outcome = 'mismatch'", "attempt = 9", "created_at = 'x'", 'payload = \'{"step":"forged"}\''],
      approval: ["gate = 'SG2'", "approval_id = 'x'", `document_sha256 = '${sha256("x")}'`, "consumed_at = 'x'"],
    };
    for (const [table, columns] of Object.entries(edits)) {
      for (const edit of columns) {
        const where = table === "run_phase" ? "AND phase = 'manifest' AND outcome = 'done'" : "";
        const got = sabotage(`UPDATE ${table} SET ${edit} WHERE run_id = '${firstRun}' ${where}`);
        expect([table, edit, got]).toEqual([table, edit, expect.objectContaining({ ...ALTERED, table })]);
      }
    }
  });

  test("names a row that was taken away or put in", () => {
    for (const table of ["run_phase", "approval"]) {
      expect(sabotage(`DELETE FROM ${table} WHERE run_id = '${firstRun}'`)).toMatchObject({ ...ALTERED, table });
    }
    expect(sabotage(`DELETE FROM run WHERE run_id = '${otherRun}'`)).toMatchObject({ ...ALTERED, table: "run" });
    const forged = `INSERT INTO approval SELECT 'forged', run_id, gate, document_sha256, cutplan_sha256, consumed_at, 1
      FROM approval`;
    expect(sabotage(forged)).toMatchObject({ ...ALTERED, table: "approval" });
  });
});

test("the triggers refuse what the chain would find", async () => {
  const path = join(place, "guarded.db");
  copyFileSync(join(place, "cutter.db"), path);
  const database = new Database(path);
  database.run("PRAGMA foreign_keys = ON");
  const event = `(14, '${firstRun}', 'x', 'noted', '{}', '${sha256("x")}', '${sha256("x")}', '${sha256("y")}')`;
  const refused: readonly (readonly [string, string])[] = [
    ["UPDATE event SET at = 'x'", "an event is not changed"],
    ["DELETE FROM event WHERE sequence = 13", "an event is never deleted"],
    [`INSERT INTO event VALUES ${event}`, "an event follows the last one"],
    [`INSERT OR REPLACE INTO event VALUES ${event.replace("14", "13")}`, "an event follows the last one"],
    ["UPDATE run_phase SET attempt = 7", "a recorded phase is not changed"],
    ["DELETE FROM run_phase", "a recorded phase is never deleted"],
    ["UPDATE approval SET gate = 'SG2'", "a consumed approval is not changed"],
    ["DELETE FROM approval", "a consumed approval is never deleted"],
    ["DELETE FROM run", "a run is never deleted"],
    ["UPDATE run SET fence = fence - 1, event_sequence = 99", "what a run is does not change"],
    ["UPDATE run SET state = 'PLANNED'", "what a run is does not change"],
    ["UPDATE run SET document_id = 'X', event_sequence = 99", "what a run is does not change"],
    ["UPDATE run SET session_id = 'X', event_sequence = 99", "what a run is does not change"],
    ["UPDATE run SET target = '{}', event_sequence = 99", "what a run is does not change"],
  ];
  for (const [statement, words] of refused) {
    let said = "nothing";
    try {
      database.run(statement);
    } catch (error) {
      said = error instanceof Error ? error.message : "";
    }
    expect([statement, said]).toEqual([statement, words]);
  }
  database.run(`UPDATE run SET cutplan_sha256 = '${sha256("a")}', event_sequence = 99 WHERE run_id = '${firstRun}'`);
  const again = `UPDATE run SET cutplan_sha256 = '${sha256("b")}', event_sequence = 100 WHERE run_id = '${firstRun}'`;
  expect(() => database.run(again)).toThrow("what a run is does not change");
  database.close();
});

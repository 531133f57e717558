/** Every constraint of the store's schema is violated once, and refuses; the row without the fault is taken. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import schema from "../../../sql/store/schema.sql" with { type: "text" };
import { sha256 } from "../../kernel/digest.ts";

type Row = Readonly<Record<string, string | number | null>>;

const DIGEST = sha256("x");

const RUN: Row = {
  run_id: "ictr-1",
  session_id: null,
  document_id: "DOC",
  mode: "live",
  state: "SURVEYED",
  stop_code: null,
  stop_message: null,
  fence: 0,
  open_phase: null,
  open_attempt: null,
  target: "{}",
  source_sha256: DIGEST,
  source_version_id: "sv-1",
  manifest_sha256: null,
  cutplan_sha256: null,
  created_at: "now",
  updated_at: "now",
  event_sequence: 1,
  event_sha256: DIGEST,
};

const EVENT: Row = {
  sequence: 1,
  run_id: "ictr-1",
  at: "now",
  kind: "run-created",
  data: "{}",
  previous_sha256: "0".repeat(64),
  run_previous_sha256: "0".repeat(64),
  sha256: DIGEST,
};

const PHASE: Row = {
  run_id: "ictr-1",
  phase: "survey",
  attempt: 1,
  outcome: "done",
  payload: "{}",
  payload_sha256: DIGEST,
  created_at: "now",
  event_sequence: 1,
};

const APPROVAL: Row = {
  approval_id: "a",
  run_id: "ictr-1",
  gate: "SG1",
  document_sha256: DIGEST,
  cutplan_sha256: DIGEST,
  consumed_at: "now",
  event_sequence: 1,
};

function insert(database: Database, table: string, row: Row): void {
  const names = Object.keys(row);
  database.query(`INSERT INTO ${table} (${names}) VALUES (${names.map((name) => `$${name}`)})`).run(row);
}

/** A database in memory with one run and its first event. */
function filled(): Database {
  const database = new Database(":memory:", { strict: true });
  database.run("PRAGMA foreign_keys = ON");
  database.run(schema);
  database.transaction(() => {
    insert(database, "event", EVENT);
    insert(database, "run", RUN);
  })();
  return database;
}

/** What SQLite says of a row; `taken` where it takes it. */
function said(database: Database, table: string, row: Row): string {
  try {
    insert(database, table, row);
    return "taken";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "thrown";
  }
}

const NOT_DIGESTS = ["", "abc", DIGEST.toUpperCase(), `${DIGEST}0`, `g${DIGEST.slice(1)}`];

function each(column: string, values: readonly (string | number)[]): readonly Row[] {
  return values.map((value) => ({ [column]: value }));
}

const SECOND_RUN: Row = { ...RUN, run_id: "ictr-2", mode: "dryrun" };

const FAULTS = {
  run: [
    ...each("run_id", [""]),
    ...each("session_id", [""]),
    ...each("document_id", [""]),
    ...each("mode", ["", "LIVE", "simulator"]),
    ...each("state", ["", "surveyed", "DONE"]),
    ...each("fence", [-1]),
    ...each("target", ["", "{", "[]", "null", '"x"']),
    ...each("source_version_id", [""]),
    ...["source_sha256", "manifest_sha256", "cutplan_sha256"].flatMap((column) => each(column, NOT_DIGESTS)),
    { stop_code: "STOP_OTHER", stop_message: "x" },
    { stop_code: "STOP_HOLD" },
    { stop_message: "x" },
    { open_phase: "manifest" },
    { open_attempt: 1 },
    { open_phase: "manifest", open_attempt: 0 },
  ],
  run_phase: [
    ...each("phase", ["", "cut"]),
    ...each("attempt", [0, -1]),
    ...each("outcome", ["", "failed"]),
    ...each("payload", ["", "{"]),
    ...each("payload_sha256", NOT_DIGESTS),
    { payload: null },
    { payload_sha256: null },
    { payload: null, payload_sha256: null },
    { outcome: "mismatch", payload: null, payload_sha256: null },
  ],
  approval: [
    ...each("approval_id", [""]),
    ...each("gate", ["", "SG3"]),
    ...["document_sha256", "cutplan_sha256"].flatMap((column) => each(column, NOT_DIGESTS)),
  ],
  event: [
    ...each("kind", ["", "created"]),
    ...each("data", ["", "{", "[]"]),
    ...each("run_previous_sha256", ["", "abc"]),
    ...each("sha256", NOT_DIGESTS),
  ],
} satisfies Record<string, readonly Row[]>;

const SECOND_EVENT: Row = { ...EVENT, sequence: 2, previous_sha256: DIGEST, sha256: sha256("y") };

const SOUND = { run: SECOND_RUN, run_phase: PHASE, approval: APPROVAL, event: SECOND_EVENT };

test("each CHECK refuses what it is there for, and takes the row without the fault", () => {
  for (const [table, sound] of Object.entries(SOUND)) {
    const faults = FAULTS[table as keyof typeof FAULTS];
    const got = faults.map((fault) => [fault, said(filled(), table, { ...sound, ...fault })]);
    expect(got).toEqual(faults.map((fault) => [fault, "SQLITE_CONSTRAINT_CHECK"]));
    expect([table, said(filled(), table, sound)]).toEqual([table, "taken"]);
  }
  expect(said(filled(), "run_phase", { ...PHASE, outcome: "void", payload: null, payload_sha256: null })).toBe("taken");
});

test("no column that must be there may be null, and none takes another type", () => {
  const optional = /^(session_id|stop_|open_|manifest_|payload)/;
  for (const [table, sound] of Object.entries(SOUND)) {
    for (const column of Object.keys(sound)) {
      const isOptional = optional.test(column) || (table === "run" && column === "cutplan_sha256");
      if (isOptional || column === "sequence") continue;
      const refused = [null, typeof sound[column] === "string" ? 1 : "x"].map((value) => {
        return said(filled(), table, { ...sound, [column]: value });
      });
      // A number becomes text where text is wanted, and is then judged by its CHECK; text never becomes a number.
      expect([table, column, refused[0]]).toEqual([table, column, expect.stringMatching(/^SQLITE_CONSTRAINT_/)]);
      if (typeof sound[column] === "number") expect(refused[1]).toMatch(/^SQLITE_CONSTRAINT_/);
    }
  }
});

test("keys: one row of a name, one open live run of a document, one done of a phase, one use of an approval", () => {
  const database = filled();
  insert(database, "run_phase", PHASE);
  insert(database, "approval", APPROVAL);
  insert(database, "event", SECOND_EVENT);
  const third: Row = { ...SECOND_EVENT, sequence: 3, previous_sha256: sha256("y") };
  const refused: readonly (readonly [string, Row, string])[] = [
    ["run", { ...SECOND_RUN, run_id: "ictr-1" }, "SQLITE_CONSTRAINT_PRIMARYKEY"],
    ["run", { ...SECOND_RUN, mode: "live" }, "SQLITE_CONSTRAINT_UNIQUE"],
    ["run_phase", { ...PHASE, outcome: "void", event_sequence: 2 }, "SQLITE_CONSTRAINT_PRIMARYKEY"],
    ["run_phase", { ...PHASE, attempt: 2, event_sequence: 2 }, "SQLITE_CONSTRAINT_UNIQUE"],
    ["run_phase", { ...PHASE, phase: "manifest" }, "SQLITE_CONSTRAINT_UNIQUE"],
    ["run_phase", { ...PHASE, phase: "manifest", event_sequence: 9 }, "SQLITE_CONSTRAINT_FOREIGNKEY"],
    ["run_phase", { ...PHASE, run_id: "none", event_sequence: 2 }, "SQLITE_CONSTRAINT_FOREIGNKEY"],
    ["approval", { ...APPROVAL, event_sequence: 2 }, "SQLITE_CONSTRAINT_PRIMARYKEY"],
    ["approval", { ...APPROVAL, approval_id: "b" }, "SQLITE_CONSTRAINT_UNIQUE"],
    ["approval", { ...APPROVAL, approval_id: "b", event_sequence: 9 }, "SQLITE_CONSTRAINT_FOREIGNKEY"],
    ["approval", { ...APPROVAL, approval_id: "b", run_id: "none", event_sequence: 2 }, "SQLITE_CONSTRAINT_FOREIGNKEY"],
    ["event", { ...third, sha256: DIGEST }, "SQLITE_CONSTRAINT_UNIQUE"],
    ["event", { ...third, sha256: sha256("z"), run_id: "none" }, "SQLITE_CONSTRAINT_FOREIGNKEY"],
    ["event", { ...third, sha256: sha256("z"), sequence: 4 }, "SQLITE_CONSTRAINT_TRIGGER"],
    ["event", { ...third, sha256: sha256("z"), previous_sha256: DIGEST }, "SQLITE_CONSTRAINT_TRIGGER"],
  ];
  for (const [table, row, code] of refused)
    expect([table, row, said(database, table, row)]).toEqual([table, row, code]);
  for (const state of ["CLOSEOUT_REPORTED", "STOPPED", "REVERTED"]) {
    expect(said(database, "run", { ...SECOND_RUN, run_id: state, mode: "live", state })).toBe("taken");
  }
  expect(said(database, "run", { ...SECOND_RUN, run_id: "x", mode: "live", document_id: "OTHER" })).toBe("taken");
});

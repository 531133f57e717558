/**
 * run-altered.test: `cutter verify` names what was changed, removed, added or put in another order, and ends with 3.
 *
 * Every file that a dry run and a run of its own leave, and the run store; also where the forger wrote the digests of
 * the changed files anew.
 */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { forge } from "../../../scripts/faults/forge.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { type Desk, HANDBOOK, makeDesk, makeReference, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let sound: Desk;
/** A dry run with two closed runs, and a run of its own that waits at its second gate. */
let session: string;
let waiting: string;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  sound = makeDesk();
  const ended = await sound.run(["dryrun", ...surveying(database), "--json"]);
  ({ sessionId: session } = JSON.parse(ended.stdout) as { sessionId: string });
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  waiting = runIdIn(await sound.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
  await sound.run(["resume", waiting, ...surveying(database)]);
});
afterAll(() => database.drop());

/** What verify says of a copy in which something was spoilt. */
async function verified(id: string, spoil: (desk: Desk) => void): Promise<{ exit: number | null; message: string }> {
  const desk = sound.copy();
  spoil(desk);
  const ended = await desk.run(["verify", id]);
  const told = readText(ended);
  if (ended.code === 3) {
    const data = "No connection was made; files of the state directory were read, and none was changed.";
    expect([told?.code, told?.data]).toEqual(["EVIDENCE_ALTERED", data]);
  }
  return { exit: ended.code, message: told?.message ?? ended.stdout };
}

/** The files of a run or a dry run, by their path in the state directory. */
function filesOf(id: string): string[] {
  const folder = join(sound.state, "runs", id);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return names.filter((path) => statSync(path).isFile()).map((path) => relative(sound.state, path));
}

function changeByte(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

test("as it was written, all of it is intact", async () => {
  for (const id of [session, waiting]) {
    expect(await verified(id, () => {})).toMatchObject({ exit: 0, message: expect.stringContaining("INTACT") });
  }
});

describe("a file", () => {
  const spoilers: Readonly<Record<string, (path: string) => void>> = {
    "with one byte changed": changeByte,
    "with a byte more": (path) => writeFileSync(path, " ", { flag: "a" }),
    removed: (path) => rmSync(path),
    emptied: (path) => writeFileSync(path, ""),
  };
  for (const [what, spoil] of Object.entries(spoilers)) {
    test(`${what}: whichever it is, it is named`, async () => {
      const all = [session, waiting].flatMap((id) => filesOf(id).map((path) => ({ id, path })));
      expect(all.length).toBeGreaterThan(35);
      const chosen = what === "with one byte changed" ? all : oneOfEachName(all);
      const wrong: unknown[] = [];
      for (const { id, path } of chosen) {
        const { exit, message } = await verified(id, ({ state }) => spoil(join(state, path)));
        const named = message.includes(basename(path));
        if (exit !== 3 || !named) wrong.push({ path, exit, message });
      }
      expect(wrong).toEqual([]);
    }, 60_000);
  }

  test("added to any folder is named", async () => {
    const folders = new Set(filesOf(session).map((path) => dirname(path)));
    folders.add(join("runs", session)).add(join("runs", waiting));
    for (const folder of folders) {
      const id = folder.includes(session) ? session : waiting;
      const { exit, message } = await verified(id, ({ state }) => {
        writeFileSync(join(state, folder, "added.txt"), "", { mode: 0o600 });
      });
      expect([folder, exit, message.startsWith("added.txt")]).toEqual([folder, 3, true]);
    }
  });
});

function oneOfEachName(all: readonly { readonly id: string; readonly path: string }[]) {
  return [...new Map(all.map((one) => [basename(one.path).replace(/^ictr-[^.]+/, ""), one])).values()];
}

describe("a folder", () => {
  test("of evidence, of a run, or of the whole dry run, removed", async () => {
    const [member = ""] = readdirSync(join(sound.state, "runs", session)).filter((name) => name !== "evidence");
    for (const path of [`${session}/evidence`, `${session}/${member}/evidence`, `${session}/${member}`, session]) {
      const { exit, message } = await verified(session, ({ state }) =>
        rmSync(join(state, "runs", path), { recursive: true }),
      );
      expect([path, exit, message.includes("is missing")]).toEqual([path, 3, true]);
    }
  });

  test("of a run that the store does not have, and one of a name that nothing has", async () => {
    const stranger = "ictr-20260521T042359Z-ad3d0b97";
    const added = await verified(stranger, ({ state }) => {
      cpSync(join(state, "runs", waiting), join(state, "runs", stranger), { recursive: true });
    });
    expect([added.exit, (await verified(stranger, () => {})).exit]).toEqual([3, 2]);
    const empty = await verified("dryrun-20260521T042359Z-ad3d0b97", ({ state }) => {
      mkdirSync(join(state, "runs", "dryrun-20260521T042359Z-ad3d0b97"), { mode: 0o700 });
    });
    expect(empty.exit).toBe(3);
  });

  test("of evidence from another run, whole and with fitting digests", async () => {
    const [one = "", other = ""] = readdirSync(join(sound.state, "runs", session)).filter(
      (name) => name !== "evidence",
    );
    const { exit, message } = await verified(session, ({ state }) => {
      const at = (run: string) => join(state, "runs", session, run, "evidence");
      rmSync(at(one), { recursive: true });
      cpSync(at(other), at(one), { recursive: true });
    });
    expect([exit, message]).toEqual([3, expect.stringContaining("events.jsonl")]);
  });
});

describe("the events of a run, with the digests written anew", () => {
  const changes: Readonly<Record<string, (lines: string[]) => string[]>> = {
    "a line removed": (lines) => lines.toSpliced(3, 1),
    "the last event and the seal removed": (lines) => lines.slice(0, -2),
    "two lines in another order": (lines) => lines.toSpliced(2, 2, lines[3] ?? "", lines[2] ?? ""),
    "a line twice": (lines) => lines.toSpliced(2, 0, lines[2] ?? ""),
    "a word changed": (lines) => lines.with(4, (lines[4] ?? "").replace(/"fence":\d+/, '"fence":9')),
    "nothing left": () => [],
  };
  test.each(Object.keys(changes))("%s", async (what) => {
    const { exit, message } = await verified(session, ({ state }) => {
      const evidence = join(state, "runs", session, "evidence");
      const [name = ""] = readdirSync(evidence).filter((file) => file.endsWith("events.jsonl"));
      const lines = readFileSync(join(evidence, name), "utf8").trimEnd().split("\n");
      const forged = changes[what]?.(lines) ?? [];
      forge(evidence, name, forged.map((line) => `${line}\n`).join(""));
    });
    expect([exit, message]).toEqual([3, expect.stringContaining("events.jsonl: ")]);
  });
});

describe("the run store", () => {
  const statements: Readonly<Record<string, string>> = {
    "a state set back": "UPDATE run SET state = 'SURVEYED' WHERE state = 'CLOSEOUT_REPORTED'",
    "a plan exchanged": `UPDATE run SET cutplan_sha256 = '${"0".repeat(64)}'`,
    "a word in an event": "UPDATE event SET data = replace(data, '\"attempt\":1', '\"attempt\":2') WHERE sequence = 5",
    "an event gone": "DELETE FROM event WHERE sequence = 7",
    "the last event gone": "DELETE FROM event WHERE sequence = (SELECT max(sequence) FROM event)",
    "a phase gone": "DELETE FROM run_phase WHERE phase = 'survey'",
    "a payload": "UPDATE run_phase SET payload = '{}' WHERE phase = 'cut_leg_a'",
    "an approval gone": "DELETE FROM approval",
    "a note of evidence gone": "DELETE FROM evidence WHERE sequence = 1",
    "a digest of evidence exchanged": `UPDATE evidence SET sums_sha256 = '${"0".repeat(64)}' WHERE sequence > 1`,
    "a state that is none": "UPDATE run SET state = 'FINE'",
    "a trigger gone": "DROP TRIGGER event_stays",
  };
  for (const [what, statement] of Object.entries(statements)) {
    test(what, async () => {
      for (const id of [session, waiting]) {
        const { exit, message } = await verified(id, ({ state }) => tamper(join(state, "cutter.db"), statement));
        expect([id, exit, message]).toEqual([id, 3, expect.any(String)]);
      }
    });
  }

  test("one byte changed on any of its pages that hold something", async () => {
    const size = statSync(join(sound.state, "cutter.db")).size;
    const told: (number | null)[] = [];
    for (let at = 100; at < size; at += 4096 * 3) {
      const { exit } = await verified(session, ({ state }) => {
        const path = join(state, "cutter.db");
        const bytes = readFileSync(path);
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
        writeFileSync(path, bytes);
      });
      told.push(exit);
    }
    // Where the byte belonged to no row, nothing of a run was changed.
    expect(told.filter((exit) => exit !== 3 && exit !== 0)).toEqual([]);
    expect(told[0]).toBe(3);
  }, 60_000);

  test("exchanged for an empty one", async () => {
    const other = makeDesk();
    await other.run(["runs"]);
    for (const [id, exit] of [
      [session, 3],
      [waiting, 3],
    ] as const) {
      const found = await verified(id, ({ state }) =>
        renameSync(join(other.copy().state, "cutter.db"), join(state, "cutter.db")),
      );
      expect([id, found.exit]).toEqual([id, exit]);
    }
  });
});

/** As somebody does it who owns the file: the triggers are taken away first, and put back. */
function tamper(path: string, statement: string): void {
  const store = new Database(path);
  store.run("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF");
  const triggers = store.query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    readonly name: string;
    readonly sql: string;
  }[];
  const own = !statement.startsWith("DROP TRIGGER");
  if (own) for (const { name } of triggers) store.run(`DROP TRIGGER ${name}`);
  store.run(statement);
  if (own) for (const { sql } of triggers) store.run(sql);
  store.close();
}

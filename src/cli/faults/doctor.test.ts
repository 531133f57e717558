/**
 * doctor.test: `cutter doctor` on a desk where all was ready, and then one thing is not: it is found, and nothing that
 * could not have run is called ready.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../../../scripts/database/backup.ts";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { makeKey as makeSshKey, signersFile } from "../../../scripts/database/signers.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { HANDBOOK, makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let desk: LiveDesk;
let run: string;

beforeAll(async () => {
  database = await makeReference(await anyServer());
  desk = makeLiveDesk(database);
  run = await desk.begin("HANDBOOK", fileWith("handbook.md", HANDBOOK));
  const words = ["rehearse", run, "--config", desk.configuration, "--rehearse-url", database.socketUrl()];
  const rehearsed = await desk.run(words);
  if (rehearsed.code !== 0) throw new Error(rehearsed.stderr);
});
afterAll(() => database?.drop());

type Item = { readonly id: string; readonly state: string; readonly evidence: string; readonly next: string | null };

async function ask(config = desk.configuration, setting: Parameters<LiveDesk["run"]>[1] = {}) {
  const ended = await desk.run(["doctor", "--config", config, "--json"], setting);
  const { items } = JSON.parse(ended.stdout) as { readonly items: readonly Item[] };
  const open = items.filter(({ state }) => state !== "CLOSED");
  if (open.some(({ next }) => next === null)) throw new Error("an item is open, and nothing is said to be done");
  return {
    code: ended.code,
    open: Object.fromEntries(open.map(({ id, state }) => [id, state])),
    said: open.map(({ id, evidence }) => `${id}: ${evidence}`).join("\n"),
    items,
  };
}

/** The desk's configuration with one thing in it that is otherwise. */
function changed(change: (text: string) => string): string {
  const before = readFileSync(desk.configuration, "utf8");
  const after = change(before);
  if (after === before) throw new Error("nothing was changed");
  const path = fileWith("cutter.toml", after);
  chmodSync(path, 0o600);
  return path;
}

const backup = (line: string) => changed((text) => text.replace("[backup]\n", `[backup]\n${line}\n`));

test("all is closed, each by what was looked at just now", async () => {
  const { code, said, items } = await ask();
  expect({ code, said }).toEqual({ code: 0, said: "" });
  const place = items.find(({ id }) => id === "GAP5")?.evidence ?? "";
  for (const part of ["6 connections opened", "pg_dump (PostgreSQL)", "gpg (GnuPG)", "can be written"]) {
    expect(place).toContain(part);
  }
});

test("connections that lead nowhere, each, are told by name", async () => {
  for (const role of ["survey", "exec", "verify", "rehearse", "backup", "revert"]) {
    const nowhere = "postgres://nobody:wrong@127.0.0.1:1/none";
    const config = changed((text) => {
      return text.replace(new RegExp(`(\\[connections\\.${role}\\]\\nurl = )".*"`), `$1"${nowhere}"`);
    });
    const { code, open, said } = await ask(config);
    expect([role, code, open.GAP5]).toEqual([role, 3, "OPEN"]);
    expect(said).toContain(`GAP5: connections.${role}: CONNECT_FAILED`);
    if (role !== "exec") continue;
    expect(open).toMatchObject({ F1: "PARTIAL", F3: "PARTIAL", GAP6: "PARTIAL", HOLD: "OPEN" });
    expect(said).toContain("HOLD: the ledger was not asked for holds");
  }
});

test("a role that cannot do its part is told, and exec and verify have to be two", async () => {
  const as = (role: string, other: string, name = database.name): string => {
    const url = database.url(other).replace(`/${database.name}`, `/${name}`);
    return changed((text) => text.replace(new RegExp(`(\\[connections\\.${role}\\]\\nurl = )".*"`), `$1"${url}"`));
  };
  const cases: readonly (readonly [string, string, string])[] = [
    ["exec", "cutter_verify", "connections.exec (cutter_verify): is not cutter_exec"],
    ["verify", "cutter_exec", "connections.verify (cutter_exec): has the rights of cutter_exec too"],
    ["verify", "cutter_exec", "exec and verify are one role, cutter_exec"],
    ["rehearse", "cutter_exec", "connections.rehearse (cutter_exec): may not become cutter_exec and cutter_verify"],
    ["backup", "cutter_verify", "connections.backup"],
    ["revert", "cutter_exec", "connections.revert (cutter_exec): does not own what a cut writes"],
  ];
  for (const [role, other, said] of cases) {
    const asked = await ask(as(role, other));
    expect([role, asked.code, asked.open.GAP5]).toEqual([role, 3, "OPEN"]);
    expect(asked.said).toContain(said);
  }
});

test("a connection to another database than exec's is told", async () => {
  const other = await makeReference(await anyServer());
  const config = changed((text) => text.replace(database.url("cutter_verify"), other.url("cutter_verify")));
  const { code, open, said } = await ask(config);
  expect([code, open]).toEqual([3, { GAP5: "OPEN" }]);
  expect(said).toContain("connections.verify leads to ");
  const all = changed((text) => text.replaceAll(`/${database.name}"`, `/${other.name}"`));
  const elsewhere = await ask(all);
  expect(elsewhere.open).toEqual({ F1: "OPEN", F3: "OPEN", GAP6: "OPEN", GAP8: "OPEN" });
  expect(elsewhere.said).toContain(`it does not hold any more: the run was planned for `);
  other.drop();
});

test("a rehearsal on another database than the run's is refused, and closes nothing", async () => {
  const [other, twin] = [await makeReference(await anyServer()), makeLiveDesk(database)];
  const id = await twin.begin("HANDBOOK-2", fileWith("handbook.md", HANDBOOK));
  const url = other.url("cutter_rehearse");
  const rehearsed = await twin.run(["rehearse", id, "--config", twin.configuration, "--rehearse-url", url]);
  expect(rehearsed.code).toBe(4);
  const ended = await twin.run(["doctor", "--config", twin.configuration, "--json"]);
  const found = (JSON.parse(ended.stdout) as { items: readonly Item[] }).items.find(({ id: name }) => name === "F1");
  expect([ended.code, found?.state]).toEqual([3, "OPEN"]);
  other.drop();
});

type Change = { readonly change: string; readonly back: string; readonly said: string };

const CHANGES: readonly (readonly [what: string, Change])[] = [
  [
    "a trigger",
    {
      change: `CREATE FUNCTION public.zz() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$;
      CREATE TRIGGER zz BEFORE INSERT ON information_unit FOR EACH ROW EXECUTE FUNCTION zz()`,
      back: "DROP TRIGGER zz ON information_unit; DROP FUNCTION public.zz()",
      said: "trigger zz of public.information_unit is new",
    },
  ],
  [
    "a right",
    {
      change: "REVOKE EXECUTE ON FUNCTION public.fn_iu_create FROM cutter_exec",
      back: "GRANT EXECUTE ON FUNCTION public.fn_iu_create TO cutter_exec",
      said: "fn_iu_create",
    },
  ],
  [
    "a constraint",
    {
      change: "ALTER TABLE information_unit ADD CONSTRAINT short CHECK (length(canonical_address) < 5) NOT VALID",
      back: "ALTER TABLE information_unit DROP CONSTRAINT short",
      said: "constraint short of public.information_unit is new",
    },
  ],
  [
    "triggers that are off",
    {
      change: "ALTER TABLE information_unit DISABLE TRIGGER USER",
      back: "ALTER TABLE information_unit ENABLE TRIGGER USER",
      said: "of public.information_unit is another",
    },
  ],
  [
    "a role",
    {
      change: "ALTER ROLE cutter_exec CONNECTION LIMIT 3",
      back: "ALTER ROLE cutter_exec CONNECTION LIMIT 2",
      said: "role cutter_exec is another",
    },
  ],
];

test.each(CHANGES)(
  "a database that changed since the rehearsal opens it again: %s",
  async (_what, { change, back, said }) => {
    database.psql(change);
    const asked = await ask();
    database.psql(back);
    expect([asked.code, asked.open]).toEqual([3, expect.objectContaining({ F1: "OPEN", F3: "OPEN", GAP6: "OPEN" })]);
    expect(asked.said).toContain("F1: 5 of 5 phases done and rolled back");
    expect(asked.said).toContain(said);
  },
);

test("programs that are not there, and a directory that cannot be made or written, are told", async () => {
  const readable = join(temporaryFolder(), "readable");
  mkdirSync(readable, { mode: 0o755 });
  const old = script('echo "pg_dump (PostgreSQL) 9.6.24"');
  const cases: readonly (readonly [string, string])[] = [
    ['pg_dump = ["/nowhere/pg_dump"]', "/nowhere/pg_dump cannot be started: ENOENT"],
    ['pg_restore = ["/nowhere/pg_restore"]', "/nowhere/pg_restore cannot be started: ENOENT"],
    ['pg_restore = ["echo"]', "echo is not pg_restore"],
    [`pg_dump = ["${old}"]`, "pg_dump is of version 9 and the server of version"],
    ['directory = "/proc/nope"', "the backup directory: cannot make /proc/nope"],
    [`directory = "${readable}"`, "is not private: its mode is 0755"],
  ];
  for (const [line, said] of cases) {
    const asked = await ask(backup(line));
    expect([line, asked.code, asked.open]).toEqual([line, 3, { GAP5: "OPEN" }]);
    expect(asked.said).toContain(said);
  }
});

test("a HOLD, a hold in the ledger: nothing is ready while one stands", async () => {
  expect((await desk.run(["hold", "set", "--run", run, "--reason", "look"])).code).toBe(0);
  const held = await ask();
  expect([held.code, held.open, held.said]).toEqual([
    3,
    { HOLD: "OPEN" },
    expect.stringContaining("HOLD says off: run "),
  ]);
  expect((await desk.run(["hold", "clear", "--run", run, "--confirm", run])).code).toBe(0);
  database.psql("INSERT INTO cutter_governance.review_decision (run_id, decision, reason) VALUES ('r', 'hold', 'why')");
  const inLedger = await ask();
  database.psql(`INSERT INTO cutter_governance.review_decision (run_id, decision, reason)
    VALUES ('r', 'hold_cleared', 'x')`);
  expect([inLedger.open, inLedger.said]).toEqual([{ HOLD: "OPEN" }, "HOLD: the ledger holds run r: why"]);
  expect((await ask()).code).toBe(0);
});

test("who may sign is counted gate by gate, with keys that hold now", async () => {
  const key = makeSshKey("ed25519").publicKey;
  const every = "sg1@cutter,sg2@cutter,revert@cutter";
  const signers = (text: string, required = ""): string => {
    const path = signersFile(text);
    return changed((before) => before.replace(/allowed_signers = ".*"/, `allowed_signers = "${path}"\n${required}`));
  };
  const cases: readonly (readonly [string, string])[] = [
    [signers("# nobody"), "SG1: 0 can sign now, 1 has to"],
    [signers(`a namespaces="sg1@cutter,revert@cutter" ${key}`), "SG2: 0 can sign now"],
    [signers(`a namespaces="${every}",valid-before="20200101" ${key}`), "not now: a (until 20200101)"],
    [signers(`a namespaces="${every}",valid-after="29990101" ${key}`), "not now: a (not before 29990101)"],
    [signers(`a namespaces="${every}" ${key}`, "required = 2"), "SG1: 1 can sign now, 2 have to"],
    // One key for two people is one signature.
    [signers(`a namespaces="${every}" ${key}\nb namespaces="${every}" ${key}`, "required = 2"), "SG1: 1 can sign now"],
  ];
  for (const [config, said] of cases) {
    const asked = await ask(config);
    expect([said, asked.code, asked.open]).toEqual([said, 3, { GAP7: "OPEN" }]);
    expect(asked.said).toContain(said);
  }
  const other = makeSshKey("ed25519").publicKey;
  const two = signers(`a namespaces="${every}" ${key}\nb namespaces="${every}" ${other}`, "required = 2");
  expect((await ask(two)).open).toEqual({});
  const none = changed((text) => text.replace("[approvals]\n", '[approvals]\nssh_keygen = ["/nowhere/ssh-keygen"]\n'));
  expect((await ask(none)).open).toEqual({ GAP7: "OPEN" });
});

test("a dump in the clear that a killed verification left is told, with how it is removed", async () => {
  const left = join(desk.state, "backups", ".decrypted-a1B2c3");
  mkdirSync(left, { mode: 0o700 });
  writeFileSync(join(left, "plain"), "PGDMP");
  const asked = await ask();
  expect([asked.code, asked.open]).toEqual([3, { GAP5: "PARTIAL" }]);
  expect(asked.said).toContain(`rm -r '${left}'`);
  Bun.spawnSync(["rm", "-r", left]);
});

/** Tests of cutter.toml: what is found, what is refused, and that nothing of a password is said. */
import { afterAll, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { NO_APPROVAL_POLICY } from "./approval-policy.ts";
import { readConfiguration } from "./configuration.ts";
import { resolveTarget } from "./resolve.ts";

const folder = mkdtempSync(join(tmpdir(), "cutter-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

let serial = 0;
function file(text: string): string {
  serial += 1;
  const path = join(folder, `${serial}.toml`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function refusalOf(text: string): Promise<string> {
  const read = await readConfiguration(file(text), {});
  return read instanceof Failure ? `${read.code} ${read.message.replace(folder, "")}` : "accepted";
}

test("a connection of the file names the database, and says so", async () => {
  const read = await readConfiguration(file('[connections.exec]\nurl = "postgres://app@db.example/shop"\n'), {});
  if (read instanceof Failure) throw new Error(read.message);
  const target = await resolveTarget({ environment: {}, configured: read.connections.exec ?? {} });
  expect(target).toMatchObject({ kind: "server", user: "app", database: "shop", source: "configuration" });
});

test("a misspelt key is refused with its path, wherever it stands", async () => {
  expect(await refusalOf('[connections.exec]\nulr = "x"\n')).toContain("connections.exec.ulr: is not known");
  expect(await refusalOf('[connections.exce]\nurl = "x"\n')).toContain("connections.exce: is not known");
  expect(await refusalOf("[conections]\n")).toContain("conections: is not known");
});

test("a document and the trees that must stay as they are come back as they are meant", async () => {
  const path = file('document = "ICX-CONST"\n[integrity]\ntrees = ["/etc/cutter/", "/opt/app/./web", "/srv/été"]\n');
  expect(await readConfiguration(path, {})).toEqual({
    path,
    document: "ICX-CONST",
    connections: {},
    profiles: {},
    signing: { execKey: null, verifyKey: null, attestKey: null, sshKey: null },
    approvals: NO_APPROVAL_POLICY,
    backup: null,
    integrity: { trees: ["/etc/cutter", "/opt/app/web", "/srv/été"] },
  });
});

test("a tree that is no absolute path, or leads elsewhere than it seems, is refused by its place", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['trees = ["/etc", "opt/app"]', "integrity.trees.1: should be an absolute path"],
    ['trees = ["~/app"]', "integrity.trees.0: should be an absolute path"],
    ['trees = ["/etc/../opt"]', "integrity.trees.0: should be a path without .."],
    ['trees = ["/etc\\u0000"]', "integrity.trees.0: should be a path without a zero byte"],
    ['trees = [""]', "integrity.trees.0: should not be empty"],
    ["trees = [7]", "integrity.trees.0: should be string"],
    ['trees = "/etc"', "integrity.trees: should be Array"],
    ["trees = []", "integrity.trees: should name at least one tree"],
    ['trees = ["/etc", "/opt", "/etc/"]', "integrity.trees: should name each tree once"],
    [`trees = [${Array.from({ length: 33 }, (_, n) => `"/t${n}"`).join()}]`, "should name at most 32 trees"],
    ['tree = ["/etc"]', "integrity.tree: is not known"],
    ["", "integrity.trees: is missing"],
  ];
  for (const [text, reason] of cases) {
    const got = await refusalOf(`[integrity]\n${text}\n`);
    expect({ got: got.includes(reason) ? reason : got, code: got.split(" ")[0] }).toEqual({
      got: reason,
      code: "CONFIG_INVALID",
    });
  }
});

test("whose approvals count comes back as it is meant, for all gates or by gate", async () => {
  const head = '[approvals]\nallowed_signers = "/etc/cutter/allowed_signers"\n';
  const all = await readConfiguration(file(`${head}required = 2\nvalid_for = "90m"\n`), {});
  expect(all).toMatchObject({
    approvals: {
      ...{ allowedSigners: "/etc/cutter/allowed_signers", sshKeygen: null, validForMs: 5_400_000 },
      required: { SG1: 2, SG2: 2, REVERT: 2, HARD_DELETE: 2 },
    },
  });
  const text = `${head}ssh_keygen = ["/usr/bin/ssh-keygen"]\n[approvals.required]\nHARD_DELETE = 2\n`;
  expect(await readConfiguration(file(text), {})).toMatchObject({
    approvals: {
      ...{ sshKeygen: ["/usr/bin/ssh-keygen"], validForMs: 86_400_000 },
      required: { SG1: 1, SG2: 1, REVERT: 1, HARD_DELETE: 2 },
    },
  });
});

test.each([
  ['allowed_signers = "signers"', "approvals.allowed_signers: should be an absolute path"],
  ["required = 0", "approvals.required: should be"],
  ["required = 3", "approvals.required: should be"],
  ["required = { SG3 = 1 }", "approvals.required: should be 1, 2 or a table of gates"],
  ["required = { SG1 = 0 }", "approvals.required: should be 1, 2 or a table of gates"],
  ['valid_for = "forever"', "approvals.valid_for: should be a duration such as 90m, 24h or 7d"],
  ['valid_for = "31d"', "approvals.valid_for: should be 30d at most"],
  ['ssh_keygen = "ssh-keygen"', "approvals.ssh_keygen: should be Array"],
  ['ssh_keygen = ["ssh-keygen"]', "approvals.ssh_keygen: should begin with the absolute path of a program"],
  ["ssh_keygen = []", "approvals.ssh_keygen: should begin with the absolute path of a program"],
  ["check = false", "approvals.check: is not known"],
])("a policy that says less than it seems is refused by its place: %s", async (text, reason) => {
  expect(await refusalOf(`[approvals]\n${text}\n`)).toContain(reason);
});

test("backups: the key, where it is found, and what a file that leaves the rest out means", async () => {
  const key = "96eddcc27a1c1a5496e4ae0f77dcbe4692f1ffc6";
  const read = await readConfiguration(file(`[backup]\nkey = "${key}"\nkey_file = "/etc/cutter/backup.asc"\n`), {});
  expect(read).toMatchObject({
    backup: {
      ...{ key: key.toUpperCase(), keyFile: "/etc/cutter/backup.asc", gnupgHome: null, directory: null },
      ...{ retentionDays: 30, pgDump: ["pg_dump"], pgRestore: ["pg_restore"], gpg: ["gpg"] },
    },
  });
  const whole = `key = "${key}"\ngnupg_home = "/g"\ndirectory = "/b/"\nretention = "90d"\ngpg = ["/opt/gpg"]
    pg_dump = ["docker", "exec", "-i", "postgres", "pg_dump"]\npg_restore = ["/opt/pg_restore"]`;
  expect(await readConfiguration(file(`[backup]\n${whole}\n`), {})).toMatchObject({
    backup: { gnupgHome: "/g", directory: "/b", retentionDays: 90, gpg: ["/opt/gpg"], pgRestore: ["/opt/pg_restore"] },
  });
});

test("backups for a key that is not named in full, or found nowhere or twice, are refused", async () => {
  const key = `key = "${"A".repeat(40)}"`;
  const cases: readonly (readonly [string, string])[] = [
    ['key_file = "/k"', "backup.key: is missing"],
    ['key = "92F1FFC6"\nkey_file = "/k"', "backup.key: should be a full fingerprint"],
    [`key = "0x${"A".repeat(40)}"\nkey_file = "/k"`, "backup.key: should be a full fingerprint"],
    ['key = "backup@example"\nkey_file = "/k"', "backup.key: should be a full fingerprint"],
    [key, "backup: should have one of key_file and gnupg_home"],
    [`${key}\nkey_file = "/k"\ngnupg_home = "/g"`, "backup: should have one of key_file and gnupg_home"],
    [`${key}\nkey_file = "k"`, "backup.key_file: should be an absolute path"],
    [`${key}\nkey_file = "/k"\nretention = "30"`, "backup.retention: should be a number of days"],
    [`${key}\nkey_file = "/k"\nretention = "0d"`, "backup.retention: should be a number of days"],
    [`${key}\nkey_file = "/k"\npg_dump = []`, "backup.pg_dump: should name a program"],
    [`${key}\nkey_file = "/k"\npg_dump = "pg_dump"`, "backup.pg_dump: should be Array"],
    [`${key}\nkey_file = "/k"\ngpg = [""]`, "backup.gpg.0: should not be empty"],
    [`${key}\nkey_file = "/k"\npgdump = ["x"]`, "backup.pgdump: is not known"],
  ];
  for (const [text, reason] of cases) {
    const got = await refusalOf(`[backup]\n${text}\n`);
    expect({ text, got: got.includes(reason) ? reason : got }).toEqual({ text, got: reason });
  }
});

test("a document that is empty or no text, or stands in a table, is refused", async () => {
  expect(await refusalOf('document = ""\n')).toContain("document: should not be empty");
  expect(await refusalOf("document = 1\n")).toContain("document: should be string");
  expect(await refusalOf('[connections.exec]\nservice = "shop"\ndocument = "A"\n')).toContain(
    "connections.exec.document: is not known",
  );
  expect(await refusalOf('documents = "A"\n')).toContain("documents: is not known");
});

test("settings that contradict each other are refused", async () => {
  expect(await refusalOf('[connections.exec]\nurl = "a"\nservice = "b"\n')).toStartWith("CONFIG_INVALID");
  expect(await refusalOf('[connections.exec]\nurl = "a"\nservice = "b"\n')).toContain(
    "connections.exec: url and service exclude each other",
  );
  expect(await refusalOf('[connections.exec]\nenv_file = "/x"\n')).toStartWith("CONFIG_INVALID");
});

test("a mistake beside a password does not show the password", async () => {
  const canary = "canary-7Qx";
  const texts = [
    `[connections.exec]\nurl = "postgres://a:${canary}@h/d"\nurl = "again"\n`,
    `[connections.exec]\nurl = postgres://a:${canary}@h/d\n`,
    `[connections.exec]\nservice = 3\nurl = "postgres://a:${canary}@h/d"\n`,
    `[connections.exec]\nurl = ["postgres://a:${canary}@h/d"]\n`,
  ];
  for (const text of texts) {
    const read = await readConfiguration(file(text), {});
    expect(read).toBeInstanceOf(Failure);
    if (read instanceof Failure) expect(JSON.stringify([read.message, read.facts, read.hint])).not.toContain(canary);
  }
});

test("a named file must exist; a default one need not", async () => {
  const missing = await readConfiguration(join(folder, "absent.toml"), {});
  expect(missing instanceof Failure && missing.code).toBe("FILE_UNREADABLE");
  expect(await readConfiguration(undefined, { HOME: folder })).toEqual({
    path: null,
    document: null,
    connections: {},
    profiles: {},
    integrity: { trees: [] },
    signing: { execKey: null, verifyKey: null, attestKey: null, sshKey: null },
    approvals: NO_APPROVAL_POLICY,
    backup: null,
  });
});

test("the XDG file is found where there is no system file", async () => {
  mkdirSync(join(folder, "cutter"));
  writeFileSync(join(folder, "cutter", "cutter.toml"), '[connections.survey]\nservice = "shop"\n', { mode: 0o600 });
  const read = await readConfiguration(undefined, { XDG_CONFIG_HOME: folder });
  expect(read).toMatchObject({ connections: { survey: { service: "shop" } } });
});

test("a file that others may write, or that is someone else's, is refused", async () => {
  const open = file("");
  chmodSync(open, 0o666);
  const refused = await readConfiguration(open, {});
  expect(refused instanceof Failure && refused.code).toBe("FILE_NOT_PRIVATE");
  if (process.geteuid?.() !== 0) return;
  const foreign = file("");
  chownSync(foreign, 12345, 12345);
  const theirs = await readConfiguration(foreign, {});
  expect(theirs instanceof Failure && theirs.code).toBe("FILE_NOT_PRIVATE");
});

test("a directory is not a file", async () => {
  const read = await readConfiguration(folder, {});
  expect(read instanceof Failure && read.code).toBe("FILE_UNREADABLE");
});

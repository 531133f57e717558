/**
 * live-secrets.test: every command of a live run, and its failure, with passwords in its configuration and in its own
 * environment, and with private keys: none of them is in an output, a file of the state directory, or the arguments of
 * a child, and in the environment only of those children that connect with it.
 *
 * Each run's outputs and state directory are searched for the passwords by scripts/faults/program.ts.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { endAgent } from "../../../scripts/database/backup.ts";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { fileWith } from "../../../scripts/database/files.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { handbook } from "../../../scripts/faults/live-stage.ts";
import { type Ended, expectNoSecret, WRONG_PASSWORD } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { makeReference, runIdIn } from "../../../scripts/faults/run-verbs.ts";
import { type Child, spiedChildren } from "../../../scripts/faults/spied-children.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;
const RESTORER = "test_restorer";

/** As an operator's shell may have it; no connection here is made with it. */
const SHELL = { PGPASSWORD: WRONG_PASSWORD };

let database: TestDatabase;
let desk: LiveDesk;
/** All that was started, and all that was said, for the search for keys. */
const started: Child[] = [];
const said: Ended[] = [];
beforeAll(async () => {
  database = await makeReference(await anyServer());
  database.psql(`CREATE ROLE ${RESTORER} SUPERUSER LOGIN PASSWORD '${TEST_PASSWORD}'`);
  desk = makeLiveDesk(database);
}, PATIENCE_MS);
afterAll(() => {
  database.psql(`DROP ROLE ${RESTORER}`);
  database.drop();
});

/** Connects, or has to be told a password for that: pg_dump, and pg_restore where it restores. */
const CONNECTS = /^pg_(dump|restore)$/;

async function spied(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const spy = spiedChildren();
  const ended = await desk.run(argv, { script: spy.script, environment: { ...SHELL, ...environment } });
  const [own, ...children] = spy.children();
  expect(own?.argv).toContain(`"${argv[0]}"`);
  for (const { program, argv: words, environment: variables } of children) {
    expectNoSecret({ [`the arguments of ${program}`]: words });
    const others = CONNECTS.test(program) ? variables.replace(`"PGPASSWORD=${TEST_PASSWORD}"`, "") : variables;
    expectNoSecret({ [`the environment of ${program}`]: others });
  }
  started.push(...children);
  said.push(ended);
  return ended;
}

const config = (path = desk.configuration): readonly string[] => ["--config", path];

/** The same connections with a password that is wrong. */
function wrongConfiguration(): string {
  const path = fileWith(
    "cutter.toml",
    readFileSync(desk.configuration, "utf8").replaceAll(TEST_PASSWORD, WRONG_PASSWORD),
  );
  chmodSync(path, 0o600);
  return path;
}

async function approve(run: string, gate: "SG1" | "SG2" | "REVERT"): Promise<string> {
  const path = await desk.approve(run, gate);
  const verified = await spied(["approval", "verify", path, ...config()]);
  expect(verified.code).toBe(0);
  return path;
}

async function live(verb: "resume" | "revert", run: string, approval: string): Promise<Ended> {
  const { cutplanSha256 } = await desk.show(run);
  return spied([verb, run, "--approval", approval, "--live", "--confirm", cutplanSha256 ?? "", ...config()]);
}

test(
  "every live command, done",
  async () => {
    const cut = await spied(["cut", "HANDBOOK", "--source", handbook(), "--survey", "--live", ...config()]);
    const run = runIdIn(cut);
    const codes = {
      rehearse: (await spied(["rehearse", run, ...config()])).code,
      SG1: (await live("resume", run, await approve(run, "SG1"))).code,
      doctor: (await spied(["doctor", ...config()])).code !== null,
      suggest: (await spied(["target", "suggest", ...config()])).code,
      set: (await spied(["hold", "set", "--run", run, "--reason", "to be looked at"])).code,
      shown: (await spied(["hold", "show"])).code,
      cleared: (await spied(["hold", "clear", "--run", run, "--confirm", run])).code,
      rehearsed: (await spied(["revert", run, ...config()])).code,
      SG2: (await live("resume", run, await approve(run, "SG2"))).code,
      verify: (await spied(["verify", run, ...config()])).code,
    };
    expect(codes).toEqual({
      ...{ rehearse: 0, SG1: 6, doctor: true, suggest: 0, set: 0, shown: 0, cleared: 0, rehearsed: 0, SG2: 0 },
      verify: 0,
    });
    const other = runIdIn(await spied(["cut", "OTHER", "--source", handbook(), "--survey", "--live", ...config()]));
    expect((await live("resume", other, await approve(other, "SG1"))).code).toBe(6);
    expect((await live("revert", other, await approve(other, "REVERT"))).code).toBe(0);
  },
  PATIENCE_MS,
);

test(
  "a backup, made, and restored into a database of its own",
  async () => {
    const made = await spied(["backup", "create", ...config(), "--json"]);
    expect(made.code).toBe(0);
    const { file } = JSON.parse(made.stdout) as { readonly file: string };
    const place = `host=127.0.0.1\nport=${database.server.port}\ndbname=${database.name}\n`;
    const services = fileWith("services", `[restore]\n${place}user=${RESTORER}\npassword=${TEST_PASSWORD}\n`);
    chmodSync(services, 0o600);
    const restore = ["--restore", "--unvouched", "--service", "restore"];
    const words = ["backup", "verify", file, "--gnupg-home", desk.backupHome, ...restore];
    // Before, so that gpg starts none: strace would wait for that one's end.
    Bun.spawnSync(["gpgconf", "--launch", "gpg-agent"], { env: { ...process.env, GNUPGHOME: desk.backupHome } });
    const restored = await spied(words, { PGSERVICEFILE: services });
    endAgent(desk.backupHome);
    expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining("CUTTER_BACKUP INTACT")]);
  },
  PATIENCE_MS,
);

test(
  "every live command that connects, with a wrong password; and a server that quotes the right one",
  async () => {
    const run = runIdIn(await spied(["cut", "THIRD", "--source", handbook(), "--survey", "--live", ...config()]));
    const approval = await approve(run, "SG1");
    const wrong = config(wrongConfiguration());
    const { cutplanSha256 } = await desk.show(run);
    const commands: readonly (readonly string[])[] = [
      ["cut", "FOURTH", "--source", handbook(), "--survey", "--live"],
      ["rehearse", run],
      ["resume", run, "--approval", approval, "--live", "--confirm", cutplanSha256 ?? ""],
      ["backup", "create"],
      ["target", "suggest"],
    ];
    for (const argv of commands) {
      const ended = await spied([...argv, ...wrong]);
      expect([argv[0], readText(ended)?.code]).toEqual([argv[0], "AUTHENTICATION_FAILED"]);
    }
    expect((await spied(["doctor", ...wrong])).stdout).toContain("AUTHENTICATION_FAILED");
    database.psql(`CREATE FUNCTION public.test_quote() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'the password is %', '${TEST_PASSWORD}'; END $$;
      CREATE TRIGGER test_quote BEFORE INSERT ON unit_version FOR EACH ROW EXECUTE FUNCTION public.test_quote()`);
    const failed = await live("resume", run, approval);
    expect([failed.code, readText(failed)?.message]).toEqual([5, expect.stringContaining("the password is ")]);
    expect(readFileSync(join(desk.state, "locks", "HOLD"), "utf8")).toContain("the password is ");
    expect((await spied(["revert", run, ...wrong])).code).not.toBe(0);
  },
  PATIENCE_MS,
);

test("no private key, of the DOT pair or of the approver, is in any of it", () => {
  const text = readFileSync(desk.configuration, "utf8");
  const paths = [...text.matchAll(/_key = "(.*\.pem)"/g)].map(([, path = ""]) => path);
  const keys = [...paths, desk.signingKey].flatMap((path) => {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.filter((line) => line.length >= 40 && !line.startsWith("-----"));
  });
  expect([paths.length, keys.length >= 4]).toEqual([2, true]);
  const files = readdirSync(desk.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = [
    ...files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1")),
    ...said.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...started.flatMap(({ argv, environment }) => [argv, environment]),
  ];
  expect(keys.filter((key) => texts.some((one) => one.includes(key)))).toEqual([]);
  expect(new Set(started.map(({ program }) => program))).toEqual(
    new Set(["pg_dump", "pg_restore", "gpg", "gpg-connect-agent", "ssh-keygen"]),
  );
});

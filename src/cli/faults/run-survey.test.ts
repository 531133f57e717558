/**
 * run-survey.test: what a dry run is surveyed from: other roles, a standby, files, a configuration; and a server that
 * goes away in the middle.
 *
 * Whatever fails has a code, and G7 says what it knows and no more.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import { fakeServer } from "../../../scripts/database/fake-server.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { type OwnServer, startServer, startStandby } from "../../../scripts/database/server.ts";
import { type Ended, WRONG_PASSWORD } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { type Relay, relayTo } from "../../../scripts/faults/relay.ts";
import { HANDBOOK, makeDesk, makeReference, READER, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";

const TREE_POLL_MS = 10;
/** Each look at the database ends with this tag. */
const END_OF_LOOK = "ROLLBACK\0";

let server: OwnServer;
let standby: OwnServer;
let database: TestDatabase;
let source: string;
beforeAll(async () => {
  server = await startServer(15);
  database = await makeReference(server);
  standby = await startStandby(server);
  source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
});
afterAll(async () => {
  await standby.stop();
  await server.stop();
});

type Gate = {
  readonly id: string;
  readonly verdict: string;
  readonly summary: string;
  readonly mismatches: readonly { readonly what: string; readonly seen: string }[];
};

async function dryRun(...argv: readonly string[]) {
  const ended = await makeDesk().run(["dryrun", "--json", ...argv]);
  const report = JSON.parse(ended.stdout) as { readonly gates: readonly Gate[]; readonly failure: { code: string } };
  const verdicts = report.gates.map(({ verdict }) => verdict).join(", ");
  return { ended, ...report, verdicts, code: report.failure?.code ?? null, last: report.gates[6] };
}

const ALL = Array(7).fill("PASS").join(", ");

describe("who surveys, and what", () => {
  test("a role that may write is refused; allowed by name, the report shows it", async () => {
    const url = database.url("cutter_exec");
    const refused = await dryRun("--survey", "--url", url);
    expect([refused.ended.code, refused.code]).toEqual([4, "SURVEY_ROLE_MAY_WRITE"]);
    expect(refused.verdicts).toBe("PASS, FAIL, NOT RUN, NOT RUN, NOT RUN, NOT RUN, INCONCLUSIVE");
    const allowed = await dryRun("--survey", "--url", url, "--allow-writing-role");
    expect([allowed.ended.code, allowed.verdicts]).toEqual([0, ALL]);
    expect(allowed.gates[1]?.summary).toMatch(/as cutter_exec, a role with \d+ rights to write \(allowed\), read-only/);
  });

  test("a ledger of which row-level security hides rows is not counted exactly, and G7 is inconclusive", async () => {
    const hide = (how: string) => database.psql(`ALTER TABLE cutter_governance.run ${how} ROW LEVEL SECURITY`);
    hide("ENABLE");
    const argv = [...surveying(database), "--governance-url", database.url("cutter_exec")];
    const hidden = await dryRun(...argv);
    const text = (await makeDesk().run(["dryrun", ...argv])).stdout;
    hide("DISABLE");
    expect([hidden.ended.code, hidden.last?.verdict]).toEqual([3, "INCONCLUSIVE"]);
    expect(hidden.last?.mismatches).toEqual([
      {
        ...{ what: "rows of cutter_governance.run", expected: "counted" },
        seen: expect.stringMatching(/^not every row counted: counted as cutter_exec, row-level security is active/),
      },
    ]);
    expect(text).toMatch(/cutter_governance\.run +0 +0 +visible rows/);
    expect(text.replaceAll(/\s+/g, " ")).toContain("hidden rows are not counted: cutter_governance.run");
    expect((await dryRun(...argv)).verdicts).toBe(ALL);
  });

  test("a server without the role that writes: the dry run goes on, and G2 tells it", async () => {
    psqlOn(server, "postgres", "ALTER ROLE cutter_exec RENAME TO cutter_gone");
    const { ended, gates } = await dryRun(...surveying(database));
    psqlOn(server, "postgres", "ALTER ROLE cutter_gone RENAME TO cutter_exec");
    expect([ended.code, gates[1]?.verdict]).toEqual([0, "PASS"]);
    expect(gates[1]?.summary).toEndWith("; no live run could write: there is no role cutter_exec");
  });

  test("a standby will do, and is said to be one", async () => {
    const there = `postgres://${READER}@${encodeURIComponent(standby.socketDirectory)}:${standby.port}`;
    const { ended, verdicts, gates } = await dryRun("--survey", "--url", `${there}/${database.name}`);
    expect([ended.code, verdicts]).toEqual([0, ALL]);
    expect(gates[1]?.summary).toContain("a standby, read-only");
  });

  test("a database without the tables of units, and one without the document", async () => {
    const told: unknown[] = [];
    psqlOn(server, "postgres", "CREATE DATABASE nothing_here TEMPLATE template0");
    const bare = `postgres://${READER}@${encodeURIComponent(server.socketDirectory)}:${server.port}/nothing_here`;
    for (const argv of [
      ["--url", bare],
      [...surveying(database), "NO-SUCH-DOCUMENT"],
    ]) {
      const { ended, last } = await dryRun("--survey", ...argv.filter((word) => word !== "--survey"));
      told.push([ended.code, readText(ended)?.code, last?.id]);
    }
    expect(told).toEqual([
      [5, "OBJECT_MISSING", "G7"],
      [3, "SURVEY_FAILED", "G7"],
    ]);
  });

  test("a document whose bodies are empty is no empty file: it is named, and so is the way on", async () => {
    database.psql("SELECT fn_iu_create('BLANK/article-1', 't', '', 'x', 'law_unit', 'article', 'law')");
    const { ended, code, gates } = await dryRun(...surveying(database), "BLANK");
    const replayed = await dryRun(...surveying(database), "BLANK", "--source", source);
    database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address = 'BLANK/article-1');
      DELETE FROM information_unit WHERE canonical_address = 'BLANK/article-1'`);
    expect([ended.code, code, gates[1]?.verdict]).toEqual([3, "REPLAY_EMPTY", "FAIL"]);
    expect(gates[1]?.summary).toContain("BLANK holds no text in the database: its one unit has an empty body");
    expect(ended.stdout).toContain("--source FILE");
    expect([replayed.ended.code, replayed.verdicts]).toEqual([0, ALL]);
  });

  test("--url without --survey, and two sources at once, are usage errors", async () => {
    const [, ...named] = surveying(database);
    for (const argv of [named, ["--survey", "--embedded"], ["--embedded", "--survey-file", source]]) {
      const ended = await makeDesk().run(["dryrun", ...argv]);
      expect([ended.code, readText(ended)?.code]).toEqual([2, "USAGE"]);
    }
  });
});

describe("a recorded survey", () => {
  let recorded: string;
  beforeAll(async () => {
    const desk = makeDesk();
    const id = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
    recorded = readFileSync(join((await desk.show(id)).folder, "survey.json"), "utf8");
  });

  const fileOf = (text: string): string => {
    const path = join(temporaryFolder(), "survey.json");
    writeFileSync(path, text);
    return path;
  };

  test("serves without any database, and G7 says that none was looked at", async () => {
    const { ended, verdicts, last } = await dryRun("--survey-file", fileOf(recorded), "--source", source);
    expect([ended.code, verdicts]).toEqual([0, ALL]);
    expect(last?.summary).toBe("no database was looked at: the survey was recorded");
    expect(ended.stdout).toMatch(
      /"line":"a recorded survey of [^"\\]*\\"t_\w+\\", taken [\d-]+T[\d:.]+Z, sha256 [0-9a-f]{64}/,
    );
    expect(ended.stdout).toContain('"because":"the recorded survey is of it"');
  });

  test("of another document it is refused, and so is a replay of it", async () => {
    for (const argv of [["OTHER", "--source", source], []]) {
      const { ended, code } = await dryRun("--survey-file", fileOf(recorded), ...argv);
      expect([ended.code, code]).toEqual([3, "SURVEY_FAILED"]);
    }
  });

  test("is refused by a run that was surveyed live, since it shows no drift, and serves another", async () => {
    const recording = ["--survey-file", fileOf(recorded)];
    const live = makeDesk();
    const id = runIdIn(await live.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
    const refused = await live.run(["resume", id, ...recording]);
    expect([refused.code, readText(refused)?.code]).toEqual([4, "STOP_TARGET_CHANGED"]);
    expect((await live.show(id)).state).toBe("AWAITING_CUT_AUTHORIZATION");
    const offline = makeDesk();
    const other = runIdIn(await offline.run(["cut", "HANDBOOK", "--source", source, ...recording]));
    expect((await offline.run(["resume", other, ...recording])).code).toBe(6);
    expect((await offline.show(other)).state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  });

  const broken: Readonly<Record<string, (text: string) => string>> = {
    "cut short": (text) => text.slice(0, -20),
    "with a key more": (text) => text.replace('"hasRevise"', '"more":1,"hasRevise"'),
    "with a key less": (text) => text.replace(/"hasRevise":true,/, ""),
    "with a word that is none": (text) => text.replace("cutter.survey/v1", "cutter.survey/v2"),
    "with no text at all": () => "",
  };
  test.each(Object.keys(broken))("%s it is refused before anything is done", async (what) => {
    const text = broken[what]?.(recorded) ?? "";
    const argv = ["dryrun", "--survey-file", fileOf(text), "--source", source];
    const ended = await makeDesk().run(argv);
    expect([ended.code, readText(ended)?.code, ended.stdout]).toEqual([2, "SURVEY_FILE_INVALID", ""]);
  });
});

describe("a configuration", () => {
  const configured = (text: string): string[] => {
    const path = join(temporaryFolder(), "cutter.toml");
    writeFileSync(path, text, { mode: 0o600 });
    return ["--config", path];
  };

  test("names the document and the survey's connection, and then no argument is needed", async () => {
    const flags = configured(`document = "REG-LEND"\n[connections.survey]\nurl = "${database.url(READER)}"\n`);
    const { ended, verdicts } = await dryRun("--survey", ...flags);
    expect([ended.code, verdicts]).toEqual([0, ALL]);
    expect(ended.stdout).toContain('"because":"the configuration names it"');
  });

  test("a tree that is changed while the gates run fails G7, which names the file", async () => {
    const tree = temporaryFolder();
    mkdirSync(join(tree, "app"));
    writeFileSync(join(tree, "app", "log"), "");
    const flags = configured(`[integrity]\ntrees = ["${tree}"]\n`);
    expect((await dryRun(...surveying(database), ...flags)).verdicts).toBe(ALL);
    const appending = setInterval(() => appendFileSync(join(tree, "app", "log"), "a line\n"), TREE_POLL_MS);
    const { ended, verdicts, last } = await dryRun(...surveying(database), ...flags);
    clearInterval(appending);
    expect([ended.code, verdicts]).toEqual([3, ALL.replace(/PASS$/, "FAIL")]);
    expect(JSON.stringify(last?.mismatches)).toContain("app/log");
  });

  test("a HOLD is read, shown, and no obstacle: a dry run executes nothing", async () => {
    const desk = makeDesk();
    await desk.run(["runs"]);
    mkdirSync(join(desk.state, "locks"), { mode: 0o700 });
    writeFileSync(join(desk.state, "locks", "HOLD"), "somebody looks into it\n", { mode: 0o600 });
    const ended = await desk.run(["dryrun", ...surveying(database), "--json"]);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("somebody looks into it");
  });
});

describe("a server that goes away", () => {
  test("a wrong password", async () => {
    const url = `postgres://${READER}:${WRONG_PASSWORD}@127.0.0.1:${server.port}/${database.name}`;
    const { ended, code, verdicts, last } = await dryRun("--survey", "--url", url);
    expect([ended.code, code]).toEqual([5, "AUTHENTICATION_FAILED"]);
    expect(verdicts).toBe("PASS, FAIL, NOT RUN, NOT RUN, NOT RUN, NOT RUN, INCONCLUSIVE");
    expect(last?.summary).toBe("there is no survey to compare with");
  });

  test("a server that takes the connection and says nothing", async () => {
    const silent = await fakeServer(() => {});
    const url = `postgres://${READER}@127.0.0.1:${silent.port}/nothing?connect_timeout=2`;
    const { ended, verdicts } = await dryRun("--survey", "--url", url);
    silent.stop();
    expect([ended.code, verdicts.startsWith("PASS, FAIL, NOT RUN")]).toEqual([5, true]);
  });

  /** What the server does after that many looks; the dry run takes six. */
  async function leftAfter(looks: number, leave: (relay: Relay) => void): Promise<Awaited<ReturnType<typeof dryRun>>> {
    let seen = 0;
    const relay = await relayTo(server, (bytes) => {
      if (!bytes.includes(END_OF_LOOK)) return;
      seen += 1;
      // Behind the answer that is being passed on.
      if (seen === looks) setTimeout(() => leave(relay), 0);
    });
    const url = `postgres://${READER}@127.0.0.1:${relay.port}/${database.name}?sslmode=disable`;
    const found = await dryRun("--survey", "--url", url);
    relay.stop();
    return found;
  }

  const terminate = (): void => {
    database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%survey%'");
  };
  type Leaving = { readonly looks: number; readonly leave: (relay: Relay) => void; readonly passed: number };
  const cut = (relay: Relay): void => relay.cut();
  const leavings: Readonly<Record<string, Leaving>> = {
    "its backend is terminated after the survey": { looks: 1, leave: terminate, passed: 3 },
    "its backend is terminated behind the first gate": { looks: 2, leave: terminate, passed: 4 },
    "the connection is cut behind the second gate": { looks: 3, leave: cut, passed: 5 },
    "the connection is cut before the last look": { looks: 5, leave: cut, passed: 6 },
  };
  for (const [what, { looks, leave, passed }] of Object.entries(leavings)) {
    test(`${what}: exit 5, and G7 does not claim what nobody saw`, async () => {
      const { ended, gates, code, last } = await leftAfter(looks, leave);
      expect([ended.code, code]).toEqual([5, "SESSION_LOST"]);
      expect(gates.filter(({ verdict }) => verdict === "PASS").length).toBe(passed);
      expect(last).toMatchObject({ verdict: "FAIL", summary: expect.stringMatching(/^SESSION_LOST: /) });
      expectNoClaim(ended);
    });
  }
});

/** No count after the last look stands anywhere, nor that counts were equal. */
function expectNoClaim({ stdout }: Ended): void {
  const { counts } = JSON.parse(stdout) as { readonly counts: readonly { readonly after: number | null }[] };
  expect(counts.filter(({ after }) => after !== null)).toEqual([]);
  expect(stdout).not.toContain("counts equal");
}

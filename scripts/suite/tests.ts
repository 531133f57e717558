/**
 * tests: runs `bun test` against a shared server of one PostgreSQL version and reads the tally from its junit report.
 *
 * Tests of the program as a process get the built one. The first version runs every test; each other one the files that
 * ask for the suite's server, since only their answer can depend on it. In three rows beside each other, since tests of
 * the program wait as long as they work: those, the others on the first version, and the other versions. A server is
 * started for its stage and ended after it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareReference, psqlOn } from "../database/database.ts";
import { MAJORS, type Major, type OwnServer, startServer } from "../database/server.ts";
import { type Lanes, print, type Running, runProgram, type Stage, type Tally } from "./stage.ts";

const FIRST: Major = 15;
const TEST_TIMEOUT_MS = 30_000;
/** They start the program again and again, and wait for it as often. */
const PROGRAM = /^\.\/src\/cli\//;
/** What asks the catalogs, and one whole run: between the oldest version and the newest nothing else is asked again. */
const CATALOGS = /^\.\/src\/(schema|orchestrator\/survey|kernel\/rollback-only|execution\/production-run\.)/;
const ASKS_FOR_SERVER = /\b(testServer|testMajor)\(/;

const running = new Set<OwnServer>();

/** Ends the servers of a stage that was interrupted. */
export async function stopServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

export function testStages(project: string): Lanes {
  const every = testFiles(project);
  const dependent = every.filter((file) => ASKS_FOR_SERVER.test(readFileSync(join(project, file), "utf8")));
  const others = MAJORS.filter((major) => major !== FIRST);
  const isProgram = (file: string): boolean => PROGRAM.test(file);
  const first = (what: string, files: readonly string[]): Stage => {
    return { name: `tests, PostgreSQL ${FIRST}: ${what}`, run: () => testOn(FIRST, { project, files }) };
  };
  const rest = others.map((major) => {
    const isBetween = major !== Math.min(...MAJORS) && major !== Math.max(...MAJORS);
    const files = isBetween ? dependent.filter((file) => CATALOGS.test(file)) : dependent;
    return { name: `tests that ask a server, PostgreSQL ${major}`, run: () => testOn(major, { project, files }) };
  });
  const program = first("the program", every.filter(isProgram));
  const parts = first(
    "its parts",
    every.filter((file) => !isProgram(file)),
  );
  return { lanes: [[program], [parts], rest] };
}

/** `bun test` with a filter, as an author runs it: a server starts when a test asks for one. */
export function filteredStage(filters: readonly string[]): Stage {
  return { name: `tests, ${filters.join(" ")}`, run: () => bunTest(filters, {}) };
}

function testFiles(project: string): string[] {
  const below = ["src", "proofs", "scripts", "sql"].flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: "utf8" }).map((file) => `./${folder}/${file}`),
  );
  return below.filter((file) => file.endsWith(".test.ts")).sort();
}

type Tests = { readonly project: string; readonly files: readonly string[] };

async function testOn(major: Major, { project, files }: Tests): Promise<Tally> {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const server = await startServer(major);
  running.add(server);
  try {
    print(`PostgreSQL ${psqlOn(server, "postgres", "SHOW server_version")}`);
    await prepareReference(server);
    const announced = JSON.stringify({ [major]: { ...server, pid: server.pid } });
    const binary = join(project, "dist", "cutter");
    const environment = { CUTTER_TEST_MAJOR: `${major}`, CUTTER_TEST_SERVERS: announced, CUTTER_BINARY: binary };
    return await bunTest(files, { environment });
  } finally {
    running.delete(server);
    await server.stop();
  }
}

/** Runs test files, or filters, and answers what its report says. */
export async function bunTest(files: readonly string[], running: Running): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "cutter-suite-"));
  const report = join(folder, "junit.xml");
  const settings = [
    "--only-failures",
    "--timeout",
    `${TEST_TIMEOUT_MS}`,
    "--reporter=junit",
    "--reporter-outfile",
    report,
  ];
  const code = await runProgram([process.execPath, "test", ...settings, ...files], running);
  const tally = readTally(report);
  rmSync(folder, { recursive: true });
  // An error between two tests fails the run and no test.
  return tally.failed === 0 && code !== 0 ? { ...tally, failed: 1 } : tally;
}

/** A skipped test counts as failed: it proved nothing. A report that is not there counts as nothing. */
function readTally(report: string): Tally {
  const [root = ""] = /<testsuites [^>]*>/.exec(readIfThere(report)) ?? [];
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(root)?.[1] ?? "0");
  const failed = count("failures") + count("errors") + count("skipped");
  return { passed: count("tests") - failed, failed };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

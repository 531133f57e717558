/**
 * Tests of C-02: what is open to others, or lies in a git work tree by whatever name it is reached, turns G-04 red; the
 * second directory lies where a path is short enough for a socket, and a place that is not there is told.
 */
import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { Failure } from "../../kernel/failure.ts";
import { GateLedger } from "../gate-ledger.ts";
import { G04 } from "../gates/before.ts";
import { sampleFolder } from "../providers/sample-sandbox.ts";
import { sampleSandbox } from "../sample.ts";
import { known } from "../sandbox.ts";
import { temporaryPath } from "../temporary.ts";
import { makeWorkDirectory, preflight, privacyOf } from "./before.ts";

const folder = sampleFolder();
afterAll(() => rmSync(folder, { recursive: true }));

test("G-04 looks through each directory of the sandbox, GnuPG's with its secret key too", async () => {
  const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
  expect(await makeWorkDirectory(sandbox)).toBe(null);
  const red = async () => {
    const judged = await new GateLedger().judge(G04, () => privacyOf(sandbox));
    return judged.mismatches.map(({ what, seen }) => `${what}: ${seen}`);
  };
  expect([sandbox.gates.of("G-04")?.verdict, await red()]).toEqual(["PASS", []]);
  const keys = join(known(sandbox.temporary, "temporary directory"), "g", "private-keys-v1.d");
  const [name = ""] = readdirSync(keys);
  chmodSync(join(keys, name), 0o640);
  writeFileSync(sandbox.path("states", "open"), "", { mode: 0o600 });
  chmodSync(sandbox.path("states", "open"), 0o604);
  expect((await red()).toSorted()).toEqual(
    [`mode of ${join(keys, name)}: 640`, `mode of ${sandbox.path("states", "open")}: 604`].toSorted(),
  );
  expect((await sandbox.takeDown()).left).toEqual([]);
});

test("G-04 finds the git work tree that a link leads into", async () => {
  const real = join(folder, "tree", "state");
  mkdirSync(join(folder, "tree", ".git"), { recursive: true, mode: 0o700 });
  mkdirSync(real, { mode: 0o700 });
  symlinkSync(real, join(folder, "link"));
  const sandbox = sampleSandbox({ stateDirectory: join(folder, "link") });
  expect(await makeWorkDirectory(sandbox)).toBe(null);
  const judged = sandbox.gates.of("G-04");
  expect([judged?.verdict, judged?.mismatches.map(({ seen }) => seen)]).toEqual(["FAIL", [join(folder, "tree")]]);
  expect((await sandbox.takeDown()).left).toEqual([]);
});

test("C-01 refuses a state directory that is open to others: no evidence could be kept in it in the end", async () => {
  const open = [join(folder, "open"), join(folder, "runs-open", "runs")];
  for (const path of open) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o755);
  }
  const refused: unknown[] = [];
  for (const stateDirectory of [join(folder, "open"), join(folder, "runs-open")]) {
    const failed = await preflight(sampleSandbox({ stateDirectory }));
    refused.push([failed?.code, failed?.facts.path]);
  }
  expect(refused).toEqual(open.map((path) => ["FILE_NOT_PRIVATE", path]));
});

test("the second directory lies below TMPDIR where its path is short enough for a socket, else below another", () => {
  const long = join(folder, "x".repeat(60));
  mkdirSync(long);
  const name = "cutter-sandbox-1";
  const missing = temporaryPath(name, join(folder, "nowhere"));
  expect([temporaryPath(name, folder), temporaryPath(name, long)]).toEqual([
    ...[join(folder, `${name}-t`), `/tmp/${name}-t`],
  ]);
  expect(missing instanceof Failure && [missing.code, missing.exitCode]).toEqual(["CONFIG_INVALID", 2]);
  expect(missing instanceof Failure && missing.hint).toContain("TMPDIR");
  writeFileSync(join(folder, "file"), "");
  const file = temporaryPath(name, join(folder, "file"));
  expect(file instanceof Failure && [file.code, file.message]).toEqual([
    ...["CONFIG_INVALID", expect.stringContaining("file is not a directory")],
  ]);
});

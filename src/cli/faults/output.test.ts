/**
 * output.test: the result or the evidence has nowhere to go: what was proven is told all the same, and the loss too.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { cutter, type Ended, folderWith } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer, makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

const ALL_PASS = "CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS\n";
const NOBODY = 65_534;
/** Owned by root in every installation: somebody else's for everybody but root. */
const ROOTS_FOLDER = "/usr";

let files: string;
let stock: Stock;
let state: string;
beforeAll(async () => {
  files = folderWith({ "insert.sql": "INSERT INTO public.stock VALUES (11, 11);", "a-file": "" });
  stock = await makeStock(await anyServer());
  state = stock.state();
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await stock.gone(1000);
  expect(stock.state()).toBe(state);
  stock.drop();
});

const rollback = (...argv: string[]): string[] => {
  return ["proof", "rollback", "--url", stock.url(OWNER), "--sql", join(files, "insert.sql"), ...argv];
};

describe("stdout", () => {
  test("closed by its reader: a quiet end, and the exit code of the proof", async () => {
    const script = '{ "$@"; echo "exit $?" >&2; } | head -c 10';
    const ended = await cutter(rollback(), { script });
    expect(ended.stdout).toBe('database "');
    expect(ended.stderr).toMatch(/^evidence: \S+\nexit 0\n$/);
    expect(ended.evidence).toContain("ALL_PROOFS_PASS");
  });

  test("closed from the start: as /dev/null, and no other file gets the report in its place", async () => {
    const ended = await cutter(rollback(), { script: 'exec "$@" >&-' });
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/^evidence: \S+\n$/) });
    expect(ended.evidence).toContain("ALL_PROOFS_PASS");
  });

  for (const format of ["text", "json"]) {
    test(`a full device, as ${format}: the loss is a failure, and the evidence is there`, async () => {
      const ended = await cutter(rollback("--format", format), { script: 'exec "$@" > /dev/full' });
      expect(ended.code).toBe(5);
      expect(readText(ended)).toMatchObject({ code: "FILE_WRITE_FAILED", message: expect.stringContaining("ENOSPC") });
      expect(ended.evidence).toContain("ALL_PROOFS_PASS");
    });
  }

  test("stderr closed: the result is whole", async () => {
    const ended = await cutter(rollback(), { script: 'exec "$@" 2>&-' });
    expect(ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(ALL_PASS) });
  });
});

/** A state directory as it should not be, and what is said of it. */
const DIRECTORIES: readonly (readonly [what: string, make: () => string, code: string, exit: number])[] = [
  ["cannot be made", () => "/proc/nowhere/state", "FILE_WRITE_FAILED", 5],
  ["is somebody else's", foreignFolder, "FILE_NOT_PRIVATE", 2],
  ["may be read by others", () => made("open", 0o755), "FILE_NOT_PRIVATE", 2],
  ["may be written by others", () => made("writable", 0o777), "FILE_NOT_PRIVATE", 2],
  ["is a symbolic link", linkedFolder, "FILE_NOT_PRIVATE", 2],
  ["is a file", () => join(files, "a-file"), "FILE_NOT_PRIVATE", 2],
];

test("counts that moved, and a switch that cannot be read, are told in a coded line too", async () => {
  const [saved, before] = [join(files, "counts.json"), ["proof", "counts", "--url", stock.url(OWNER)]];
  expect((await cutter([...before, "--save", saved])).code).toBe(0);
  stock.psql("INSERT INTO public.stock VALUES (99, 99)");
  const moved = await cutter([...before, "--compare", saved]);
  stock.psql("DELETE FROM public.stock WHERE id = 99");
  const unread = await cutter(["proof", "killswitch"], { stateDirectory: join(files, "a-file") });
  expect([moved.code, unread.code]).toEqual([3, 3]);
  expect(readText(moved)).toMatchObject({ code: "NOT_PROVEN", message: `rows moved since ${saved}` });
  expect(readText(unread)).toMatchObject({ code: "NOT_PROVEN", message: expect.stringContaining("HOLD") });
});

describe("a state directory that", () => {
  for (const [what, make, code, exit] of DIRECTORIES) {
    test(`${what}: refused with ${code} before anything runs, since no evidence could be kept`, async () => {
      const stateDirectory = make();
      const [asText, asJson] = [
        await cutter(rollback(), { stateDirectory }),
        await cutter(rollback("--json"), { stateDirectory }),
      ];
      expect(asText.stdout).toBe("");
      expect(JSON.parse(asJson.stdout)).toMatchObject({ code, exit_code: exit });
      for (const ended of [asText, asJson]) expectToldOfEvidence(ended, { code, exit });
    });
  }

  test("is full: the result is printed, and nothing half-written stays", async () => {
    const stateDirectory = made("full", 0o700);
    const ended = await cutter(rollback(), { stateDirectory, script: 'ulimit -f 0; exec "$@"' });
    expect(ended.stdout).toEndWith(ALL_PASS);
    expectToldOfEvidence(ended, { code: "FILE_WRITE_FAILED", exit: 5 });
    expect(ended.stderr).toMatch(/^evidence was NOT kept: /m);
    const left = readdirSync(stateDirectory, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });
});

function expectToldOfEvidence(ended: Ended, wanted: { readonly code: string; readonly exit: number }): void {
  const told = readText(ended);
  expect({ code: told?.code, exit: ended.code }).toEqual(wanted);
  expect(told?.data).toMatch(
    /^(The database is not affected|Nothing was written|Files are written while no transaction)/,
  );
}

function made(name: string, mode: number): string {
  const folder = join(files, name);
  mkdirSync(folder);
  chmodSync(folder, mode);
  return folder;
}

function foreignFolder(): string {
  if (process.getuid?.() !== 0) return ROOTS_FOLDER;
  const folder = made("foreign", 0o700);
  chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** Into which somebody hopes that we write. */
function linkedFolder(): string {
  const link = join(files, "link");
  symlinkSync(made("aim", 0o700), link);
  return link;
}

/** plan.test: `cutter plan` as a process: its formats, its exit codes, and what it says of a document it cannot cut. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { planSchema } from "../report/plan-schema.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
const folder = mkdtempSync(join(tmpdir(), "cutter-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const LAW =
  "\ufeffLUẬT\r\n\r\nChương I\r\nCHUNG\r\n\r\nĐiều 1. Phạm vi\r\n1. Luật này của các.\r\na) Một;\r\n2. Hai\u202e.";

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function plan(...argv: readonly string[]) {
  // No HOME, no state directory, no database: none is needed.
  const env = { PATH: process.env.PATH ?? "" };
  const child = Bun.spawn([process.execPath, MAIN, "plan", ...argv], {
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

const law = file("law.txt", LAW);

test("the text is a head that says why, and the whole tree with labels, headings and ranges", async () => {
  const { code, stdout, stderr } = await plan(law, "--document", "VN-1");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toStartWith("Plan of VN-1: 6 units in 105 bytes; accepted against the reference vocabulary\n");
  expect(stdout).toContain("profile    law-vi, version 2: Vietnamese law");
  expect(stdout).toContain("chosen     2 labels of law, 0 decimal numbers, 0 headings in the sample; ");
  const tree = stdout.slice(stdout.indexOf("Front matter  ["));
  expect(tree).toBe(
    "Front matter  [0, 13)\nChương I  CHUNG  [13, 34)\n  Điều 1  Phạm vi  [34, 56)\n    Khoản 1  [56, 84)\n" +
      "      Điểm a  [84, 95)\n    Khoản 2  [95, 105)\n",
  );
});

test("jsonl is one object for each unit, nested ones included, and the ranges are the file", async () => {
  const { code, stdout } = await plan(law, "--document", "VN-1", "--format", "jsonl");
  const units = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(0);
  expect(units.map(({ address, kind, number, heading, depth }) => [address, kind, number, heading, depth])).toEqual([
    ["VN-1/front-matter", "front_matter", null, null, 1],
    ["VN-1/chapter-1", "chapter", "1", "CHUNG", 1],
    ["VN-1/chapter-1/article-1", "article", "1", "Phạm vi", 2],
    ["VN-1/chapter-1/article-1/clause-1", "clause", "1", null, 3],
    ["VN-1/chapter-1/article-1/clause-1/point-a", "point", "a", null, 4],
    ["VN-1/chapter-1/article-1/clause-2", "clause", "2", null, 3],
  ]);
  const bytes = Buffer.from(LAW);
  const parts = units.map(({ byte_start: start, byte_end: end }) => bytes.subarray(Number(start), Number(end)));
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

test("--json is one document of the schema cutter.plan/v1, the same as --format json", async () => {
  const { code, stdout } = await plan(law, "--document", "VN-1", "--json");
  const document = v.safeParse(planSchema, JSON.parse(stdout));
  expect({ code, issues: document.issues }).toEqual({ code: 0, issues: undefined });
  expect((await plan(law, "--document", "VN-1", "--format", "json")).stdout).toBe(stdout);
});

test("a named profile is used, one's own from the configuration too", async () => {
  const config = file(
    "cutter.toml",
    '[profiles.short]\n[[profiles.short.levels]]\nkind = "article"\nsection_type = "article"\nwords = ["Điều"]\n' +
      '[profiles.odd]\n[[profiles.odd.levels]]\nkind = "verse"\nsection_type = "verse"\nwords = ["Điều"]\n',
  );
  const short = await plan(law, "--document", "D", "--profile", "short", "--config", config, "--format", "jsonl");
  expect([short.code, short.stdout.split("\n").length - 1]).toEqual([0, 2]);
  const odd = await plan(law, "--document", "D", "--profile", "odd", "--config", config);
  expect(odd.code).toBe(2);
  expect(odd.stderr).toStartWith('error CUTPLAN_REFUSED: 1 problems in the rows: section_type "verse" is not in');
  expect(odd.stdout).toContain('row 2 D/article-1: section_type "verse"'.replace("article", "verse"));
  expect(odd.stderr).toContain("Choose section_type: document, front_matter, preamble, book");
});

const REFUSED: readonly (readonly [name: string, argv: () => readonly string[], says: string])[] = [
  ["a file that is not there", () => [join(folder, "absent"), "--document", "D"], "FILE_UNREADABLE"],
  ["a file below a file", () => [join(law, "absent"), "--document", "D"], "FILE_UNREADABLE"],
  ["a directory", () => [directory(), "--document", "D"], "FILE_UNREADABLE"],
  ["an empty file", () => [file("empty.txt", ""), "--document", "D"], "DOCUMENT_EMPTY"],
  [
    "bytes that are no UTF-8",
    () => [file("latin.txt", Uint8Array.of(0x61, 0xe9, 0x61)), "--document", "D"],
    "offset 1",
  ],
  ["a NUL byte", () => [file("nul.txt", "ab\0"), "--document", "D"], "NUL byte at offset 2"],
  ["an id with a slash", () => [law, "--document", "a/b"], "DOCUMENT_ID_INVALID"],
  ["no id", () => [law], "--document is required"],
  ["an unknown profile", () => [law, "--document", "D", "--profile", "law-xx"], "PROFILE_UNKNOWN"],
  ["an unknown word", () => [law, "--document", "D", "--publication-type", "poem"], "choose"],
  ["a format it does not write", () => [law, "--document", "D", "--format", "tap"], "does not write tap"],
];

function directory(): string {
  mkdirSync(join(folder, "sub"), { recursive: true });
  return join(folder, "sub");
}

for (const [name, argv, says] of REFUSED) {
  test.concurrent(`${name} is refused with exit 2 and a sentence`, async () => {
    const { code, stdout, stderr } = await plan(...argv());
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`.toLowerCase()).toContain(says.toLowerCase());
    expect(stderr).toContain("error ");
  });
}

test("a link to a document is followed", async () => {
  symlinkSync(law, join(folder, "link.txt"));
  expect((await plan(join(folder, "link.txt"), "--document", "D")).code).toBe(0);
});

test("20 MB in one line, and 20 MB of lines, are cut", async () => {
  const line = file("line.txt", "Điều 1. ".repeat(2_000_000));
  const one = await plan(line, "--document", "D", "--format", "jsonl");
  expect([one.code, one.stdout.split("\n").length - 1]).toEqual([0, 1]);
  const paragraph = "Luật này quy định về hoạt động của các tổ chức, cá nhân có liên quan.\n".repeat(20);
  const articles = Array.from(
    { length: 11_000 },
    (_, index) => `Điều ${index + 1}. Tên\n1. Một.\n2. Hai.\n${paragraph}`,
  );
  const many = await plan(file("lines.txt", articles.join("")), "--document", "D", "--quiet");
  expect(many.code).toBe(0);
  expect(many.stdout).toStartWith("Plan of D: 33000 units in 2");
});

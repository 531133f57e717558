/**
 * run-input.test: documents as people have them: broken, empty, odd, taken already; each is told as what it is.
 *
 * What cannot become units is refused before any connection is made. What is odd and can be cut is cut, without loss.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { type Desk, HANDBOOK, makeDesk, makeReference, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const NOWHERE = ["--survey", "--url", "postgres://nobody@127.0.0.1:1/nothing"];
const MIB = 1024 * 1024;

let database: TestDatabase;
let folder: string;
let desk: Desk;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  folder = temporaryFolder();
  desk = makeDesk();
});
afterAll(() => database.drop());

/** Writes a source file; answers its path. */
function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

type Report = {
  readonly exit: number;
  readonly plan: Readonly<Record<string, number>> & { readonly problems: readonly string[] };
  readonly gates: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly summary: string;
    readonly mismatches: readonly { readonly what: string; readonly expected: string; readonly seen: string }[];
  }[];
};

async function dryRun(documentId: string, source: string, ...argv: string[]): Promise<Report> {
  const ended = await desk.run([
    ...["dryrun", documentId, "--source", source, ...surveying(database), "--json"],
    ...argv,
  ]);
  return JSON.parse(ended.stdout) as Report;
}

const REFUSED: readonly (readonly [what: string, content: string | Uint8Array | "directory", code: string])[] = [
  ["not UTF-8", new Uint8Array([0x61, 0xff, 0xfe]), "DOCUMENT_NOT_TEXT"],
  ["cut in the middle of a character", new Uint8Array([0x61, 0xc3]), "DOCUMENT_NOT_TEXT"],
  ["a NUL byte", "a\0b", "DOCUMENT_NOT_TEXT"],
  ["no bytes", "", "DOCUMENT_EMPTY"],
  ["a directory", "directory", "FILE_UNREADABLE"],
];

describe("refused before any connection", () => {
  for (const [what, content, code] of REFUSED) {
    test(what, async () => {
      const path = join(folder, what);
      if (content === "directory") mkdirSync(path);
      else file(what, content);
      for (const verb of ["dryrun", "cut"]) {
        const ended = await desk.run([verb, "DOC", "--source", path, ...NOWHERE]);
        expect([verb, ended.code, readText(ended)?.code]).toEqual([verb, 2, code]);
        expect(readText(ended)?.data).toBe("No connection was made; nothing was read or written.");
      }
    });
  }

  test("document ids that are no first part of an address", async () => {
    const source = file("handbook.md", HANDBOOK);
    const told: unknown[] = [];
    const wrong = ["a/b", "a%b", "a b", "ä", "../x", "x".repeat(65), ""];
    for (const id of wrong) {
      const ended = await desk.run(["dryrun", id, "--source", source, ...NOWHERE]);
      told.push([ended.code, readText(ended)?.code]);
    }
    expect(told).toEqual(wrong.map((id) => [2, id === "" ? "USAGE" : "DOCUMENT_ID_INVALID"]));
  });
});

const ODD: Readonly<Record<string, { readonly text: string; readonly units: number }>> = {
  "no label": { text: "just words\nand more of them\n", units: 1 },
  "nothing but labels": { text: "# A\n# B\n# C\n", units: 3 },
  "labels twice": { text: "# A\n\nx\n\n# A\n\ny\n\n# A\n\nz\n", units: 3 },
  "labels out of order": { text: "Article 3\nc\n\nArticle 1\na\n\nArticle 2\nb\n\nArticle 1\nd\n", units: 4 },
  "carriage returns, a byte order mark and no last newline": { text: "\ufeff# A\r\n\r\nx\r\n# B\r\ny", units: 2 },
  "one line of 20 MB": { text: "x".repeat(20 * MIB), units: 1 },
  "20 MB in a thousand sections": { text: `# H\n\n${"some words ".repeat(1906)}\n\n`.repeat(1000), units: 1000 },
};

describe("cut without loss", () => {
  for (const [what, { text, units }] of Object.entries(ODD)) {
    test(what, async () => {
      const { exit, plan, gates } = await dryRun("ODD", file("odd.txt", text));
      expect({ exit, units: plan.units, create: plan.create, problems: plan.problems }).toEqual({
        ...{ exit: 0, units, create: units, problems: [] },
      });
      expect(gates.map(({ verdict }) => verdict)).toEqual(Array(7).fill("PASS"));
    });
  }
});

describe("an address that is taken", () => {
  const address = "TAKEN/heading-handbook/heading-one";
  const problem = `${address}: content enacted, other content`;

  test("by a draft with other content is revised, and what the document does not have is left", async () => {
    database.psql(`SELECT fn_iu_create('${address}', 'One', 'old text', 'x', 'law_unit', 'article', 'law');
      SELECT fn_iu_create('TAKEN/elsewhere', 'E', 'text', 'x', 'law_unit', 'article', 'law')`);
    const { exit, plan } = await dryRun("TAKEN", file("handbook.md", HANDBOOK));
    expect({ exit, ...plan }).toEqual({
      ...{ exit: 0, units: 3, create: 2, revise: 1, unchanged: 0, immutable: 0, missing: 1, problems: [] },
    });
  });

  test("by an enacted unit with other content is refused, and named", async () => {
    database.psql(`UPDATE information_unit SET lifecycle_status = 'enacted', enacted_at = now()
      WHERE canonical_address = '${address}'`);
    const { exit, plan, gates } = await dryRun("TAKEN", join(folder, "handbook.md"));
    expect([exit, plan.immutable, plan.problems]).toEqual([3, 1, [problem]]);
    expect(gates.map(({ verdict }) => verdict).join(", ")).toBe("PASS, PASS, FAIL, NOT RUN, NOT RUN, NOT RUN, PASS");
    const cut = await desk.run(["cut", "TAKEN", "--source", join(folder, "handbook.md"), ...surveying(database)]);
    expect([cut.code, readText(cut)?.code]).toEqual([3, "STOP_CUTPLAN_REFUSED"]);
    expect(cut.stderr).toContain(`refused: ${problem}`);
  });
});

test("a word that the vocabulary does not have: every row is listed, with the choices", async () => {
  const source = file("handbook.md", HANDBOOK);
  const { exit, plan, gates } = await dryRun("WORDS", source, "--publication-type", "leaflet");
  expect([exit, plan.problems.length]).toEqual([3, 3]);
  const mismatches = gates[2]?.mismatches ?? [];
  expect(mismatches.map(({ seen }) => seen)).toEqual(Array(3).fill('"leaflet" is not in the vocabulary'));
  expect(mismatches[0]?.expected).toMatch(/^one of .*\blaw\b/);
  const argv = ["cut", "WORDS", "--source", source, ...surveying(database), "--publication-type", "leaflet"];
  expect((await desk.run(argv)).stderr).toMatch(/^refused: .*"leaflet" is not in the vocabulary; one of .*\blaw\b/m);
});

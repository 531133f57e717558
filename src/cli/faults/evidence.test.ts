/**
 * evidence.test: what lies in the evidence folders of a dry run, of its runs and of a proof, by tools of others.
 *
 * The schema that the program prints judges the facts that it wrote; coreutils judge the digests.
 */
import { beforeAll, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { type Desk, makeDesk } from "../../../scripts/faults/run-verbs.ts";

const PATIENCE_MS = 30_000;

let desk: Desk;
let folders: readonly string[];
beforeAll(async () => {
  desk = makeDesk();
  expect((await desk.run(["dryrun"])).code).toBe(0);
  expect((await desk.run(["proof", "rollback", "--embedded"])).code).toBe(0);
  const all = readdirSync(join(desk.state, "runs"), { recursive: true, encoding: "utf8" });
  folders = all.filter((path) => path.endsWith("/evidence")).map((path) => join(desk.state, "runs", path));
}, PATIENCE_MS);

test("there are the folders of a dry run, of its two runs and of a proof", () => {
  const own = ["SHA256SUMS", "facts.json", "junit.xml", "report.html", "report.md", "report.txt"];
  const kinds = folders.map((folder) =>
    readdirSync(folder)
      .filter((name) => !name.endsWith("events.jsonl"))
      .sort(),
  );
  expect(kinds).toEqual([own, own, own, own]);
});

test(
  "the facts of each are valid by the schema that the program prints for them",
  async () => {
    const seen: string[] = [];
    for (const folder of folders) {
      const facts = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8")) as { readonly schema: string };
      const printed = await desk.run(["explain", "--schema", facts.schema]);
      expect([printed.code, printed.stderr]).toEqual([0, ""]);
      const formats = { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ };
      const validate = new Ajv2020({ strict: true, strictTypes: false, formats }).compile(JSON.parse(printed.stdout));
      validate(facts);
      expect([facts.schema, validate.errors]).toEqual([facts.schema, null]);
      expect(validate({ ...facts, more: 1 })).toBe(false);
      seen.push(facts.schema);
    }
    expect(seen.sort()).toEqual(["cutter.dryrun/v1", "cutter.proof/v1", "cutter.run/v1", "cutter.run/v1"]);
  },
  PATIENCE_MS,
);

test("coreutils find each file as SHA256SUMS has it", () => {
  for (const folder of folders) {
    const checked = execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder, encoding: "utf8" });
    const names = readdirSync(folder).filter((name) => name !== "SHA256SUMS");
    expect(checked.trimEnd().split("\n")).toEqual(names.sort().map((name) => `${name}: OK`));
  }
});

test("a proof is reported again in every form, those that it keeps and those drawn from its facts", async () => {
  const folder = folders.find((path) => path.includes("/proof-")) ?? "";
  const id = folder.split("/").at(-2) ?? "";
  const report = async (format: string): Promise<string> => (await desk.run(["report", id, "--format", format])).stdout;
  for (const [format, name] of Object.entries(KEPT)) {
    expect([format, await report(format)]).toEqual([format, readFileSync(join(folder, name), "utf8")]);
  }
  expect(await report("tap")).toMatch(/^TAP version 14\n1\.\.7\n/);
  const page = await report("html");
  // As a version before this one left it.
  rmSync(join(folder, "report.html"));
  const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8");
  writeFileSync(join(folder, "SHA256SUMS"), sums.replace(/.*report\.html\n/, ""));
  // The facts of a proof stand in facts.json in the order of their names.
  const pieces = (html: string): readonly string[] => html.split(/(?=<d[tdl])|(?<=<\/d[tdl]>)/).sort();
  expect(pieces(await report("html"))).toEqual(pieces(page));
});

const KEPT = { text: "report.txt", markdown: "report.md", html: "report.html", junit: "junit.xml", json: "facts.json" };

test("a schema that is none, and a code beside one, are refused with what there is", async () => {
  const unknown = await desk.run(["explain", "--schema", "cutter.prof/v1"]);
  expect([unknown.code, unknown.stdout, unknown.stderr.includes("cutter.proof/v1")]).toEqual([2, "", true]);
  expect((await desk.run(["explain", "USAGE", "--schema", "run"])).code).toBe(2);
});

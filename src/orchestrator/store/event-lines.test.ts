/** Sabotage of the exported lines: each that is edited, cut, moved, doubled or from elsewhere is named by number. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Failure } from "../../kernel/failure.ts";
import { verifyEventLines } from "./event-lines.ts";
import { openStore } from "./open-store.ts";
import { acquireRunLock } from "./run-lock.ts";
import { driveTo, newRun, ok, sampleFolders, sampleRun } from "./sample-run.ts";

const folders = sampleFolders();
const place = folders.next();
afterAll(folders.remove);

let firstRun = "";
let otherRun = "";

/** Two runs whose events alternate. */
beforeAll(async () => {
  const first = await sampleRun(place);
  const { store } = first;
  firstRun = first.lock.runId;
  otherRun = ok(store.createRun(newRun({ documentId: "OTHER" }))).runId;
  const other = { store, lock: ok(await acquireRunLock(store, otherRun)) };
  driveTo(first, "MANIFESTED");
  driveTo(other, "MANIFESTED");
  driveTo(first, "AWAITING_CUT_AUTHORIZATION");
  store.close();
});

const linesOf = async (runId: string): Promise<string[]> => {
  const store = ok(await openStore(place));
  const text = ok(store.exportEvents(runId));
  store.close();
  return text.split("\n").slice(0, -1);
};
const verdict = (lines: readonly string[]): Record<string, unknown> => {
  const got = verifyEventLines(lines.map((line) => `${line}\n`).join(""));
  return got instanceof Failure ? { code: got.code, ...got.facts } : got;
};
const altered = (line: number, what: string) => ({ code: "EVIDENCE_ALTERED", line, what });

test("lines fit, are the same each time, and stand alone although other runs lie between", async () => {
  const lines = await linesOf(firstRun);
  expect(verdict(lines)).toEqual({ runId: firstRun, events: 7, lastSequence: 11, sha256: expect.any(String) });
  expect(await linesOf(firstRun)).toEqual(lines);
  expect(Object.keys(JSON.parse(lines[3] ?? "")).sort()).toEqual([
    ...["at", "data", "kind", "previous_sha256", "run_id", "run_previous_sha256", "sequence", "sha256"],
  ]);
});

test("lines are named by number where one is edited, cut, moved, doubled, put in, or from another run", async () => {
  const lines = await linesOf(firstRun);
  const other = await linesOf(otherRun);
  for (let index = 0; index < lines.length - 1; index++) {
    const line = index + 1;
    const edited = lines.with(index, (lines[index] ?? "").replace(/"at":"2/, '"at":"1'));
    expect(verdict(edited)).toEqual(altered(line, "changed"));
    const spaced = lines.with(index, (lines[index] ?? "").replace(":", ": "));
    expect(verdict(spaced)).toEqual(altered(line, "malformed"));
    // Without the last event the seal is the first line that does not fit.
    const cut = line === lines.length - 1 ? altered(line, "cut-off") : altered(line, "misplaced");
    expect(verdict(lines.toSpliced(index, 1))).toEqual(cut);
    expect(verdict(lines.toSpliced(index, 0, lines[index] ?? ""))).toEqual(altered(line + 1, "misplaced"));
    if (index > 0) expect(verdict(lines.toSpliced(index, 0, other[0] ?? ""))).toEqual(altered(line, "foreign"));
    if (line < lines.length - 1) {
      const swapped = lines.with(index, lines[index + 1] ?? "").with(index + 1, lines[index] ?? "");
      expect(verdict(swapped)).toEqual(altered(line, "misplaced"));
    }
  }
  expect(verdict(other.toSpliced(0, 1))).toEqual(altered(1, "misplaced"));
});

test("lines are missed at the end, by a line or by a byte, and nothing may follow the seal", async () => {
  const lines = await linesOf(firstRun);
  for (let length = 0; length < lines.length; length++) {
    expect(verdict(lines.slice(0, length))).toEqual(altered(Math.max(length, 1), "cut-off"));
  }
  const text = lines.map((line) => `${line}\n`).join("");
  for (let length = text.length - (lines.at(-1) ?? "").length; length < text.length; length += 7) {
    expect(verifyEventLines(text.slice(0, length))).toBeInstanceOf(Failure);
  }
  const seal = lines.at(-1) ?? "";
  expect(verdict([...lines, seal])).toEqual(altered(lines.length, "malformed"));
  expect(verdict([...lines, lines.at(-2) ?? ""])).toEqual(altered(lines.length, "malformed"));
  expect(verdict([...lines, ""])).toEqual(altered(lines.length, "malformed"));
  expect(verdict([...lines.slice(0, -1), (await linesOf(otherRun)).at(-1) ?? ""])).toEqual(
    altered(lines.length, "cut-off"),
  );
  expect(verifyEventLines("")).toBeInstanceOf(Failure);
});

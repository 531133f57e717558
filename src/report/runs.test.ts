/**
 * runs.test: a list of runs that a person understands at a glance, on 80 columns, however many and however named.
 */
import { expect, test } from "bun:test";
import { type ListedRun, type RunList, runsMarkdown, runsText } from "./runs.ts";

const MINUTE_MS = 60_000;
const idOf = (number: number): string => `ictr-20260521T042359Z-${`${number}`.padStart(8, "0")}`;

function listed(number: number, changes: Partial<ListedRun> = {}): ListedRun {
  const runId = idOf(number);
  return {
    ...{ runId, documentId: "LAW-35", mode: "live", state: "AWAITING_LIFECYCLE_AUTHORIZATION", database: "icx" },
    ...{ stands: "waits for SG2", needs: "a person", next: `cutter approve ${runId} --gate SG2`, trouble: null },
    ageMs: 12 * MINUTE_MS,
    ...changes,
  };
}

const done = (number: number, changes: Partial<ListedRun> = {}): ListedRun =>
  listed(number, { state: "CLOSEOUT_REPORTED", stands: "done", needs: "nobody", next: null, ...changes });

const listOf = (runs: readonly ListedRun[], troubles: readonly string[] = []): RunList => {
  return { directory: "/var/lib/cutter", runs, troubles };
};

test("what it is, where it stands since when, what it waits for, what to type", () => {
  expect(runsText(listOf([listed(2), done(1, { ageMs: 75 * 60 * MINUTE_MS, documentId: "ICX-CONST" })]))).toBe(
    `the run store of /var/lib/cutter

${idOf(2)}  LAW-35
  live on icx, AWAITING_LIFECYCLE_AUTHORIZATION, 12 min ago
  waits for SG2
  next: cutter approve ${idOf(2)} --gate SG2

${idOf(1)}  ICX-CONST
  live on icx, CLOSEOUT_REPORTED, 3 days ago
  done

2 runs, 1 of which waits for a person
`,
  );
});

test("an empty store says how a run begins", () => {
  const text = runsText(listOf([]));
  expect([text.includes("no run: there is none; cutter cut"), text.endsWith("\n0 runs\n")]).toEqual([true, true]);
});

test("ages: the clock of another machine may be ahead, and nothing is older than its days", () => {
  const ages = [-5 * MINUTE_MS, 0, 59 * MINUTE_MS, 60 * MINUTE_MS, 47 * 60 * MINUTE_MS, 48 * 60 * MINUTE_MS];
  const told = ages.map((ageMs) => /REPORTED, (.*)$/m.exec(runsText(listOf([done(1, { ageMs })])))?.[1]);
  expect(told).toEqual(["just now", "just now", "59 min ago", "1 h ago", "47 h ago", "2 days ago"]);
});

test("of two hundred the newest are listed, and of the older ones all that wait for somebody or are damaged", () => {
  const runs = Array.from({ length: 200 }, (_, index) => done(200 - index));
  runs[150] = listed(50);
  runs[170] = done(30, { trouble: "its folder is missing", next: `cutter verify ${idOf(30)}`, needs: "a person" });
  const text = runsText(listOf(runs));
  const named = [...text.matchAll(/^ictr-\S+/gm)].map(([id]) => Number(id.slice(-8)));
  expect([named.length, named.slice(0, 2), named.slice(-2)]).toEqual([42, [200, 199], [50, 30]]);
  expect(text).toContain("and 158 older, which wait for nobody: --format markdown lists all\n");
  expect(text).toContain("\n  trouble: its folder is missing\n");
  expect(text.endsWith("200 runs, 2 of which wait for a person\n")).toBe(true);
  expect(runsMarkdown(listOf(runs)).match(/^\| ictr-/gm)).toHaveLength(200);
});

test("no line is wider than 80 columns but for one name, and nothing of a name can draw a line of its own", () => {
  const hostile = "Luật Đất đai\u001b[2J\nCUTTER_RUN done";
  const wide = "\u6cd5".repeat(60);
  const runs = [
    listed(3, { database: hostile, stands: `waits for SG2; last refused: ${"STOP_PLAN_DRIFT ".repeat(8)}` }),
    listed(2, { documentId: wide, trouble: "source, survey.json, settings.json missing in its folder" }),
    listed(1, { documentId: "L".repeat(48) }),
  ];
  const lines = runsText(listOf(runs, [`runs/${idOf(9)} is of no run that this store knows`])).split("\n");
  expect(lines.filter((line) => Bun.stringWidth(line) > 80)).toEqual([`  ${wide}`]);
  expect(lines.filter((line) => line.includes("\u001b") || line.startsWith("CUTTER_RUN"))).toEqual([]);
  expect(lines.some((line) => line.startsWith("trouble: runs/ictr-"))).toBe(true);
});

import { expect, test } from "bun:test";
import { SaxesParser } from "saxes";
import * as v from "valibot";
import { HOSTILE } from "./battery-sample.ts";
import { type CountsReport, renderCounts } from "./counts.ts";
import { countsSchema } from "./counts-schema.ts";
import type { Format } from "./format.ts";
import { type KillSwitchReport, renderKillSwitch } from "./kill-switch.ts";
import { killSwitchSchema } from "./kill-switch-schema.ts";
import { markdownText } from "./markdown-text.ts";
import { allCaught, renderSelfcheck, type SelfcheckReport, selfcheckLine } from "./selfcheck.ts";
import { selfcheckSchema } from "./selfcheck-schema.ts";
import { left, markdownTable, right, textTable } from "./table.ts";

const database = { line: 'database "app" at h:5432', source: "PGHOST", kind: "server" } as const;
const made = { version: "0.1.0", commit: "23a4fc1", durationMs: 12.5, database };
const at = "2026-05-21T04:23:59.123Z";

const counts: CountsReport = {
  schema: "cutter.counts/v1",
  ...made,
  takenAt: at,
  identity: { systemIdentifier: "7462", database: "app", databaseOid: "16384", serverVersion: "15.18" },
  role: "cutter_exec",
  leftOut: 0,
  relations: [
    { relation: "public.unit", filter: "ICX", rows: 158, how: "exact", digest: null, note: null },
    { relation: "gov.run", filter: null, rows: null, how: "unreadable", digest: null, note: "42501" },
  ],
  comparison: {
    with: "before.json",
    takenAt: at,
    database: "same",
    relations: [
      { relation: "public.unit", filter: "ICX", before: 158, after: 158, content: "not compared", change: "same" },
      { relation: "gov.run", filter: null, before: null, after: null, content: "not compared", change: "unknown" },
    ],
  },
  verdict: "INCONCLUSIVE",
};

const killSwitch: KillSwitchReport = {
  schema: "cutter.killswitch/v1",
  verdict: "FAIL",
  readAt: at,
  executionEnabled: false,
  milestone: "proofs only",
  sources: [{ name: "HOLD", where: "/s/locks/HOLD", says: "unreadable", detail: "EACCES" }],
  mismatches: [{ what: "HOLD (/s/locks/HOLD)", expected: "readable, or absent", seen: "unreadable: EACCES" }],
};

const selfcheck: SelfcheckReport = {
  schema: "cutter.selfcheck/v1",
  ...made,
  startedAt: at,
  results: [
    { target: "iu", proof: "all", sabotage: "healthy, before", got: "PASS", caught: true, detail: "7 of 7 pass" },
    {
      target: "sql",
      proof: "PROOF-1",
      sabotage: "the switch is on",
      got: "FAIL",
      caught: true,
      detail: "EXECUTION_ENABLED: on",
    },
    { target: "iu", proof: "PROOF-6", sabotage: "a row left", got: "PASS", caught: false, detail: "" },
  ],
  notRun: [
    { target: "sql", proof: "PROOF-5", sabotage: "not met" },
    { target: "spec", proof: "PROOF-5", sabotage: "not met" },
  ],
};

/** Each string of a report replaced by a hostile one, but for the words that its type fixes. */
function hostile<T>(value: T, key = ""): T {
  const fixed = [
    "schema",
    "verdict",
    "says",
    "how",
    "change",
    "content",
    "kind",
    "name",
    "takenAt",
    "readAt",
    "startedAt",
  ];
  if (typeof value === "string") return (fixed.includes(key) ? value : HOSTILE) as T;
  if (Array.isArray(value)) return value.map((item) => hostile(item, key)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hostile(item, name)])) as T;
}

const renderings: Record<string, (form: Format) => string> = {
  counts: (format) => renderCounts(counts, format),
  "hostile counts": (format) => renderCounts(hostile(counts), format),
  "kill switch": (format) => renderKillSwitch(killSwitch, format),
  "hostile kill switch": (format) => renderKillSwitch(hostile(killSwitch), format),
  selfcheck: (format) => renderSelfcheck(selfcheck, format),
  "hostile selfcheck": (format) => renderSelfcheck(hostile(selfcheck), format),
};

for (const [kind, render] of Object.entries(renderings)) {
  test(`${kind}: every format is safe to show, well-formed, and red in junit and TAP`, () => {
    for (const format of ["text", "json", "junit", "tap", "markdown", "html"] as const) {
      expect(render(format)).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
    }
    let failures = 0;
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.on("opentag", (tag) => {
      failures += tag.name === "failure" ? 1 : 0;
    });
    parser.write(render("junit")).close();
    expect(failures).toBe(1);
    expect(render("tap").match(/^not ok /gm)).toHaveLength(1);
    const html = Bun.markdown.html(render("markdown"), { tables: true });
    expect(html).not.toMatch(/<(?!\/?(?:h1|h2|p|ul|li|table|thead|tbody|tr|th|td)[\s>])/);
    expect(render("json").indexOf("\n")).toBe(render("json").length - 1);
  });
}

test("each document is valid, and so is what is read back of it", () => {
  for (const [schema, document] of [
    [countsSchema, counts],
    [killSwitchSchema, killSwitch],
    [selfcheckSchema, selfcheck],
  ] as const) {
    expect(v.safeParse(schema, document).issues).toBeUndefined();
    expect(v.safeParse(schema, { ...document, extra: 1 }).success).toBe(false);
  }
});

test("counts: a table of the snapshot and one of what moved, the verdict last", () => {
  expect(renderCounts(counts, "text")).toBe(`database "app" at h:5432
identity app (oid 16384) of cluster 7462, PostgreSQL 15.18
taken at 2026-05-21T04:23:59.123Z, one snapshot, 12.5 ms
role     cutter_exec
program  cutter 0.1.0 (23a4fc1)

Compared with before.json, taken at 2026-05-21T04:23:59.123Z
  change   relation           before  after  content
  -------  -----------------  ------  -----  ------------
  same     public.unit [ICX]     158    158  not compared
  unknown  gov.run                 -      -  not compared

Rows
  relation           rows  how
  -----------------  ----  ----------
  public.unit [ICX]   158  exact
  gov.run               -  unreadable
  gov.run: 42501

CUTTER_COUNTS 1/2 INCONCLUSIVE
`);
});

test("counts: a snapshot of nothing is red, one of something is green", () => {
  const taken = { ...counts, comparison: null, verdict: "TAKEN" } as const;
  expect(renderCounts(taken, "tap")).not.toContain("not ok");
  expect(renderCounts({ ...taken, relations: [] }, "tap")).toContain("not ok");
});

test("kill switch: every source with what it says, and the mismatch in words", () => {
  expect(renderKillSwitch(killSwitch, "text")).toContain(`Sources
  source  says        detail  where
  ------  ----------  ------  -------------
  HOLD    unreadable  EACCES  /s/locks/HOLD
  HOLD (/s/locks/HOLD): expected readable, or absent, seen unreadable: EACCES

CUTTER_KILL_SWITCH NOT_PROVEN
`);
  const off = renderKillSwitch({ ...killSwitch, verdict: "PASS", mismatches: [] }, "tap");
  expect(off).toContain("ok 1 - the kill switch is OFF");
  expect(off).not.toContain("not ok");
});

test("selfcheck: a sabotage that was not caught is NOT OK, and no sabotage at all is no proof", () => {
  expect(renderSelfcheck(selfcheck, "text")).toContain("  NOT OK  iu      PROOF-6  PASS  a row left\n");
  expect(renderSelfcheck(selfcheck, "text")).toContain("no second session here: PROOF-5: not met (sql, spec)\n");
  expect(selfcheckLine(selfcheck.results)).toBe("CUTTER_SELFCHECK 2/3 NOT_PROVEN");
  expect(selfcheckLine(selfcheck.results.slice(0, 2))).toBe("CUTTER_SELFCHECK 2/2 ALL_SABOTAGES_CAUGHT");
  expect(selfcheckLine(selfcheck.results.slice(0, 1))).toBe("CUTTER_SELFCHECK 1/1 NOT_PROVEN");
  expect(selfcheck.results.map((_, index) => allCaught(selfcheck.results.slice(0, index)))).toEqual([
    false,
    false,
    true,
  ]);
  expect(selfcheckLine([])).toBe("CUTTER_SELFCHECK 0/0 NOT_PROVEN");
});

test("a value in Markdown shows as it is, and an underscore within a name needs no escape", () => {
  expect(markdownText("public.information_unit _x_ <b> & `c` [d](e) | f\\ *g* ~h~ $i$")).toBe(
    "public.information_unit \\_x\\_ &lt;b&gt; &amp; \\`c\\` \\[d\\](e) \\| f\\\\ \\*g\\* \\~h\\~ \\$i\\$",
  );
  expect(["# a", "- a", "1. a", "-1", "#1"].map(markdownText)).toEqual(["\\# a", "\\- a", "1\\. a", "-1", "#1"]);
});

test("a table lines up by what is seen, not by code units, and never cuts a name", () => {
  const rows = [
    ["漢字", "1"],
    ["Điều", "22"],
    ["e\u0301", "333"],
    ["x".repeat(90), "4"],
  ];
  const lines = textTable({ columns: [left("name"), right("n")], rows });
  expect(new Set(lines.map((line) => Bun.stringWidth(line)))).toEqual(new Set([95]));
  expect(lines[2]).toBe(`漢字${" ".repeat(86)}    1`);
  expect(markdownTable({ columns: [left("a|b"), right("n")], rows: [["c|d"]] })).toEqual([
    "| a\\|b | n |",
    "| --- | ---: |",
    "| c\\|d |  |",
  ]);
});

import { expect, test } from "bun:test";
import { SaxesParser } from "saxes";
import * as v from "valibot";
import type { BatteryReport } from "./battery.ts";
import { hostileReport, sampleProof, sampleReport, troubledReport } from "./battery-sample.ts";
import { batterySchema } from "./battery-schema.ts";
import { jsonDocument } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import type { Palette } from "./palette.ts";
import { tapReport } from "./tap.ts";
import { textReport } from "./text.ts";

const formats = { text: textReport, markdown: markdownReport, junit: junitReport, tap: tapReport, json: jsonDocument };
const reports = { proven: sampleReport(), troubled: troubledReport(), hostile: hostileReport() };

/** All that could steer a terminal or reorder a line, but the newlines that the renderer itself sets. */
const UNSAFE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;

for (const [format, render] of Object.entries(formats)) {
  for (const [kind, report] of Object.entries(reports)) {
    test(`${format}: a ${kind} report holds no character that steers a terminal, and is the same each time`, () => {
      const text = render(report);
      expect(text.match(UNSAFE)).toBeNull();
      expect(text.endsWith("\n")).toBe(true);
      expect(render(structuredClone(report))).toBe(text);
    });
  }
}

test("text: which database comes first, the verdict last, a line for each proof between", () => {
  const lines = textReport(reports.proven).trimEnd().split("\n");
  expect(lines[0]).toBe('database "app" as role "cutter_exec" at db.example:5432 (TLSv1.3)');
  expect(lines.at(-1)).toBe("CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS");
  expect(lines.filter((line) => /^PASS {2}PROOF-[1-7] {2}/.test(line))).toHaveLength(7);
  expect(lines).toContain("  public.information_unit: 158 → 159 → 158");
  expect(lines).toContain("  public.archive                  0        0  uncountable  truncated");
  expect(lines).toContain("  42501, untouched by construction: cutter_governance.run");
  expect(lines).toContain("  sequence positions  public.ticket_id_seq moved by 2");
  expect(Math.max(...lines.slice(1).map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(80);
});

test("text: what did not pass says what was expected, what was seen, and what to do", () => {
  const text = textReport(reports.troubled);
  expect(text).toContain("provider_calls: expected 0, seen 1");
  expect(text).toContain("next: Run it again when the writers rest.");
  expect(text).toContain("INCONCLUSIVE  PROOF-3");
  expect(text.match(/^NOT RUN/gm)).toHaveLength(4);
  expect(text).not.toContain("executionEnabled()");
  expect(textReport(reports.troubled, { detail: "full" })).toContain("executionEnabled() = false");
});

test("text: a database cannot draw a PASS line or a verdict of its own", () => {
  const lines = textReport(reports.hostile).split("\n");
  expect(lines.filter((line) => line.startsWith("PASS"))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith("CUTTER_ROLLBACK_PROOF"))).toEqual([reports.hostile.verdictLine]);
  expect(lines.join("\n")).toContain("\\x1b[2J");
});

test("text: colour is the palette's alone, and takes nothing from the words", () => {
  const palette: Palette = (text, style) => `<${style}>${text}</${style}>`;
  const painted = textReport(reports.troubled, { palette });
  expect(painted).toContain("<red>FAIL        </red>  PROOF-2");
  expect(painted.replace(/<\/?(?:bold|red|green|yellow|dim)>/g, "")).toBe(textReport(reports.troubled));
});

test("text: of 2,000 relations those that moved are shown, the others counted", () => {
  const [row] = sampleReport().counts;
  if (row === undefined) throw new Error("no sample count");
  const still = { ...row, inTransaction: 158 };
  const counts = [...Array.from({ length: 1_999 }, (_, index) => ({ ...still, relation: `public.t${index}` })), row];
  const text = textReport(sampleReport({ counts }));
  expect(text).toContain("1999 more relations had one number in every look");
  expect(text).toContain("public.information_unit: 158 → 159 → 158");
  expect(markdownReport(sampleReport({ counts }))).toContain("| public.t1998 |");
  const noted = textReport(
    sampleReport({ counts: [...counts, { ...still, relation: "public.rls", note: "hidden rows" }] }),
  );
  expect(noted).toContain("hidden rows: public.rls");
  const moved = textReport(sampleReport({ counts: counts.map((one) => ({ ...one, inTransaction: 7 })) }));
  expect(moved).toContain("1960 more relations are not shown, changed ones among them");
});

test("text: without a transaction nothing is claimed about its effects", () => {
  const without = { effects: null, counts: [], notUndone: [] };
  const notTried = textReport(sampleReport({ ...without, attempts: 0 }));
  expect(notTried).toContain("the transaction did not run, so nothing was measured");
  const broken = textReport(sampleReport({ ...without, attempts: 1 }));
  expect(broken).toContain("the transaction failed before its end, so nothing was measured");
  expect(broken).toContain("sequences that it moved stay moved");
  expect(notTried + broken).not.toContain("none seen");
});

function parseXml(text: string): { elements: Record<string, number>; values: string[] } {
  const elements: Record<string, number> = {};
  const values: string[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    elements[tag.name] = (elements[tag.name] ?? 0) + 1;
    values.push(...Object.values(tag.attributes));
  });
  parser.on("text", (part) => values.push(part));
  parser.write(text).close();
  return { elements, values };
}

test("junit: well-formed XML by a strict parser; a failure for what did not pass, skipped for what was not run", () => {
  const wanted = { proven: [0, 0], troubled: [2, 4], hostile: [2, 4] };
  for (const [kind, report] of Object.entries(reports)) {
    const xml = junitReport(report);
    const { elements, values } = parseXml(xml);
    const { testcase, failure = 0, skipped = 0 } = elements;
    expect([kind, testcase, [failure, skipped]]).toEqual([kind, 7, wanted[kind as keyof typeof wanted]]);
    expect(xml).toContain(`tests="7" failures="${failure}" errors="0" skipped="${skipped}"`);
    expect(values).toContain(report.verdictLine);
  }
  expect(parseXml(junitReport(reports.hostile)).values.join("\n")).toContain("]]><evil/>");
});

/** Reads TAP 14 as its grammar says, with Bun's YAML parser for the diagnostics. */
function parseTap(text: string): { plan: number; points: { ok: boolean; name: string; yaml: unknown }[] } {
  const lines = text.trimEnd().split("\n");
  expect(lines[0]).toBe("TAP version 14");
  const plan = Number(/^1\.\.(\d+)$/.exec(lines[1] ?? "")?.[1]);
  const points: { ok: boolean; name: string; yaml: unknown }[] = [];
  for (let index = 2; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.startsWith("#")) continue;
    const point = /^(ok|not ok) (\d+) - ((?:\\.|[^\\#])*)$/.exec(line);
    if (point === null) throw new Error(`not a test point, or with a directive: ${line}`);
    expect(Number(point[2])).toBe(points.length + 1);
    const end = lines.indexOf("  ...", index);
    expect(lines[index + 1]).toBe("  ---");
    const yaml = Bun.YAML.parse(lines.slice(index + 2, end).join("\n"));
    points.push({ ok: point[1] === "ok", name: point[3] ?? "", yaml });
    index = end;
  }
  return { plan, points };
}

test("tap: version 14 with a full plan, no directive, readable diagnostics, the verdict as its last line", () => {
  for (const report of Object.values(reports)) {
    const text = tapReport(report);
    const { plan, points } = parseTap(text);
    expect([plan, points.length]).toEqual([7, 7]);
    expect(points.map((point) => point.ok)).toEqual(report.proofs.map((proof) => proof.verdict === "PASS"));
    expect(text.trimEnd().split("\n").at(-1)).toBe(`# ${report.verdictLine}`);
  }
  expect(parseTap(tapReport(reports.troubled)).points[1]?.yaml).toMatchObject({
    verdict: "FAIL",
    details: ["provider_calls: expected 0, seen 1"],
  });
});

test("junit and tap: an empty battery and an exit code that no proof explains are red", () => {
  const odd: BatteryReport[] = [sampleReport({ proofs: [] }), sampleReport({ exit: 3 })];
  for (const report of odd) {
    expect(parseXml(junitReport(report)).elements.failure).toBe(1);
    expect(parseTap(tapReport(report)).points.filter((point) => !point.ok)).toHaveLength(1);
  }
  const notRun = sampleReport({ proofs: [sampleProof(1, { verdict: "NOT RUN" })], exit: 0 });
  const { testcase, failure, skipped } = parseXml(junitReport(notRun)).elements;
  expect([testcase, failure, skipped]).toEqual([2, 1, 1]);
  expect(junitReport(notRun)).toContain('message="not run: 1 of 1"');
});

test("markdown: rendered by a parser, hostile values are text: no element that we did not set, rows whole", () => {
  for (const report of Object.values(reports)) {
    const html = Bun.markdown.html(markdownReport(report), { tables: true });
    const tags = new Set([...html.matchAll(/<([a-z0-9]+)[\s>]/g)].map((match) => match[1]));
    expect([...tags].sort()).toEqual(
      ["code", "h1", "h2", "li", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"].filter((tag) =>
        tags.has(tag),
      ),
    );
    expect(html.match(/<h2/g)).toHaveLength(report.proofs.length + 7);
    for (const table of html.split("<table>").slice(1)) {
      const widths = table
        .split("<tr>")
        .slice(1)
        .map((row) => row.match(/<t[dh][ >]/g)?.length);
      expect(new Set(widths).size).toBe(1);
    }
    expect(markdownReport(report).trimEnd().split("\n").at(-1)).toBe(report.verdictLine);
  }
});

test("json: one line, keys in order, and the same document when read back", () => {
  for (const report of Object.values(reports)) {
    const text = jsonDocument(report);
    expect(text.indexOf("\n")).toBe(text.length - 1);
    expect(JSON.parse(text)).toEqual(structuredClone(report));
    expect(v.safeParse(batterySchema, JSON.parse(text)).issues).toBeUndefined();
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(report).sort());
  }
});

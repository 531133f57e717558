/** Tests of the pages: whole, well-formed for a strict parser, loading nothing, and saying what the document says. */

import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { printable } from "../../kernel/evidence/printable.ts";
import { limits } from "../../kernel/limits.ts";
import { HOSTILE, hostileReport, sampleReport, troubledReport } from "../battery-sample.ts";
import { closedRun, madeHostile, sampleDryRun, samplePlan, waitingRun } from "../run-sample.ts";
import { batteryHtml } from "./battery.ts";
import { dryRunHtml } from "./dry-run.ts";
import { type Attributes, element, styleSheet } from "./element.ts";
import { htmlPage } from "./page.ts";
import { planHtml } from "./plan.ts";
import { runHtml } from "./run.ts";

/** What somebody who names a table could write to be more than a name. */
const MARKUP = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style></title><iframe src=javascript:1>",
  "' onmouseover='x",
  "<!-- --> ]]> &lt; &#60; &amp;",
  "\u202e txet gnihtyrevE \u2066",
  "password = 'hunter2' pass $$x$$ postgres://u:p@h/d password = ",
].join(" ");

const small = {
  title: "Row counts",
  first: "database",
  about: [["role", "r"]],
  last: "CUTTER_COUNTS",
  outcome: "bad",
} as const;
const table = { columns: [{ title: "relation", align: "left" }], rows: [["a"]] } as const;
const sections = [{ title: "Rows", table, remarks: ["a remark"], empty: "none" }];

const PAGES: Readonly<Record<string, string>> = {
  "a proven battery": batteryHtml(sampleReport()),
  "a troubled battery": batteryHtml(troubledReport()),
  "a battery without a transaction": batteryHtml(sampleReport({ effects: null, counts: [], proofs: [], attempts: 0 })),
  "a hostile battery": batteryHtml(hostileReport()),
  "a battery of markup": batteryHtml(madeHostile(troubledReport(), MARKUP)),
  "a waiting run": runHtml(waitingRun()),
  "a closed run": runHtml(closedRun()),
  "a run of an older version": runHtml({ ...closedRun(), steps: [] }),
  "a hostile run": runHtml(madeHostile(closedRun())),
  "a run of markup": runHtml(madeHostile(closedRun(), MARKUP)),
  "a dry run": dryRunHtml(sampleDryRun()),
  "a hostile dry run": dryRunHtml(madeHostile(sampleDryRun())),
  "a dry run of markup": dryRunHtml(madeHostile(sampleDryRun(), MARKUP)),
  "a small page": htmlPage({ ...small, sections }),
  "a plan": planHtml(samplePlan([1, 2, 3, 1])),
  "a plan of markup": planHtml(madeHostile(samplePlan([1, 2, 1]), MARKUP)),
};

type Tag = { readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly inside: string };

function parsed(html: string): { readonly tags: readonly Tag[]; readonly text: string; readonly style: string } {
  const [tags, texts, path]: [Tag[], string[], string[]] = [[], [], []];
  let style = "";
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    tags.push({ name, attributes: attributes as Record<string, string>, inside: path.at(-1) ?? "" });
    path.push(name);
  });
  parser.on("closetag", () => void path.pop());
  parser.on("text", (text) => {
    if (path.at(-1) === "style") style += text;
    else texts.push(text);
  });
  parser.write(html).close();
  return { tags, text: texts.join("\n"), style };
}

const KNOWN =
  "html head meta title style body a header p h1 div dl dt dd nav ul li main section h2 ol span strong svg rect " +
  "details summary h3 table thead tbody tr th td figure figcaption footer";

for (const [kind, html] of Object.entries(PAGES)) {
  const { tags, style } = parsed(html);
  const of = (name: string): readonly Tag[] => tags.filter((tag) => tag.name === name);

  test(`${kind}: well-formed, of known elements, without anything that runs or loads`, () => {
    expect(html).toStartWith("<!DOCTYPE html>\n<html lang=");
    expect(tags.map(({ name }) => name).filter((name) => !KNOWN.split(" ").includes(name))).toEqual([]);
    const names = tags.flatMap(({ attributes }) => Object.keys(attributes));
    expect(names.filter((name) => /^(on|src|style|action|formaction|xlink|data$)/i.test(name))).toEqual([]);
    const ids = tags.flatMap(({ attributes }) => (attributes.id === undefined ? [] : [attributes.id]));
    expect(new Set(ids).size).toBe(ids.length);
    const links = tags.flatMap(({ attributes }) => [attributes.href, attributes["aria-labelledby"]].filter(Boolean));
    expect(links.map((link) => `${link}`.replace("#", "")).filter((link) => !ids.includes(link))).toEqual([]);
    expect(style).not.toMatch(/url\(|@import|expression/);
    // The newlines between elements are ours; every other control character is written out.
    expect(html).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
  });

  test(`${kind}: its policy allows the one style sheet by its digest, and nothing else`, () => {
    const [policy = ""] = of("meta").flatMap(({ attributes }) =>
      attributes["http-equiv"] === "Content-Security-Policy" ? [attributes.content ?? ""] : [],
    );
    const digest = createHash("sha256").update(style).digest("base64");
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`);
  });

  test(`${kind}: one first heading, none that skips a level, tables whose cells have names`, () => {
    const levels = tags.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name.slice(1))] : []));
    expect([levels[0], levels.filter((level) => level === 1).length]).toEqual([1, 1]);
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    expect(of("th").filter(({ attributes }) => attributes.scope === undefined)).toEqual([]);
    expect(of("td").filter(({ attributes }) => attributes["data-label"] === undefined)).toEqual([]);
    for (const rows of html
      .split("<thead")
      .slice(1)
      .map((part) => part.split("</table>")[0] ?? "")) {
      const widths = rows
        .split("<tr")
        .slice(1)
        .map((row) => row.match(/<t[hd] /g)?.length);
      expect(new Set(widths).size).toBe(1);
    }
    const first = tags.find(({ name, inside }) => name === "a" && inside === "body");
    expect(first?.attributes).toEqual({ class: "skip", href: "#report" });
    expect(of("svg").filter(({ attributes }) => attributes["aria-hidden"] !== "true")).toEqual([]);
    expect(of("html")[0]?.attributes.lang).toBe("en");
  });

  test(`${kind}: a redaction of the whole file finds nothing more to take, so it can break nothing`, () => {
    expect(redactedAlone(html)).toBe(html);
  });
}

test("a value is shown as it is, to the character, and is no markup", () => {
  for (const [pages, text] of [
    [["a hostile battery", "a hostile run", "a hostile dry run"], HOSTILE],
    [["a battery of markup", "a run of markup", "a dry run of markup"], MARKUP],
  ] as const) {
    for (const kind of pages) expect(parsed(PAGES[kind] ?? "").text).toContain(printable(text));
  }
});

test("what is good is green only where the document says so", () => {
  const toneOf = (html: string | undefined) => /class="verdict tone-([a-z]+)"/.exec(html ?? "")?.[1];
  const got = Object.entries(PAGES).map(([kind, html]) => [kind, toneOf(html)] as const);
  const good = ["a proven battery", "a battery without a transaction", "a closed run", "a run of an older version"];
  const also = ["a dry run", "a hostile dry run", "a dry run of markup"];
  expect(got.filter(([, tone]) => tone === "good").map(([kind]) => kind)).toEqual([...good, ...also]);
  // The last two ended well, but have a step that came to nothing in a state that is no end.
  const waits = [PAGES["a waiting run"], runHtml({ ...closedRun(), state: "BACKED_UP" }), PAGES["a hostile run"]];
  expect(waits.map(toneOf)).toEqual(["wait", "wait", "wait"]);
});

test("what went wrong is open, what was not run is not; it says what was expected, what seen, what to do", () => {
  const { tags, text } = parsed(PAGES["a troubled battery"] ?? "");
  const open = tags.filter(({ name, attributes }) => name === "details" && attributes.open === "open");
  expect(open).toHaveLength(2);
  for (const words of ["provider_calls", "one method reached the provider", "Run it again when the writers rest."]) {
    expect(text).toContain(words);
  }
});

test("a run shows its way, the gate where it waits, its rows and its last look", () => {
  const waiting = parsed(PAGES["a waiting run"] ?? "").text;
  for (const words of ["waiting", "to come", "cutter approve", "written as new drafts"])
    expect(waiting).toContain(words);
  const { tags, text } = parsed(PAGES["a closed run"] ?? "");
  for (const words of ["passed", "approval SG1-1", "158", "735", "+577", "2 attempts"]) expect(text).toContain(words);
  expect(tags.filter(({ attributes }) => attributes.class === "bar")).toHaveLength(1);
});

test("a count that is not known has no length: a dashed bar beside what is known", () => {
  const { tags } = parsed(PAGES["a proven battery"] ?? "");
  const classes = tags.filter(({ name }) => name === "rect").map(({ attributes }) => attributes.class);
  expect(classes.filter((one) => one !== "took")).toEqual([
    ...Array.from({ length: 7 }, () => "ground"),
    ...["ground", "inserted", "ground", "uncountable"],
  ]);
});

test("however much there is, the page keeps its bound and says what it left out", () => {
  const [count] = sampleReport().counts;
  if (count === undefined) throw new Error("no sample count");
  const word = "n".repeat(10_000);
  const counts = Array.from({ length: 20_000 }, (_, index) => ({ ...count, relation: `${word}${index}`, note: word }));
  const deep = counts.map(() => counts.slice(0, 100).map(() => word));
  const facts = Object.fromEntries(counts.slice(0, 3_000).map(({ relation }) => [relation, { deep, [word]: deep }]));
  const proofs = sampleReport().proofs.map((proof) => ({ ...proof, facts, summary: word }));
  const html = batteryHtml(sampleReport({ counts, proofs, command: word }));
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(limits.htmlBytes);
  const { text } = parsed(html);
  expect(text).toMatch(/\d+ more rows are not shown here; the report as JSON has all\./);
  expect(text).toMatch(/… \(cut here; 10000 characters in all\)/);
  expect(text).toContain("CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS");
});

test("the tree of a plan is whole, in order, and each unit lies below the one that it belongs to", () => {
  const plan = samplePlan([2, 1, 3, 2, 2, 3, 1]);
  const nested: string[] = [];
  const parser = new SaxesParser();
  const path: string[] = [];
  parser.on("opentag", ({ name, attributes }) => {
    path.push(name);
    const level = path.filter((one) => one === "ul").length;
    if (path.at(-2) === "li" && attributes.title !== undefined) nested.push(`${level} ${attributes.title}`);
  });
  parser.on("closetag", () => void path.pop());
  parser.write(planHtml(plan)).close();
  expect(nested).toEqual(["1 D/0", "1 D/1", "2 D/2", "2 D/3", "2 D/4", "3 D/5", "1 D/6"]);
  const long = samplePlan(Array.from({ length: 5_000 }, (_, index) => (index % 3) + 1));
  expect(planHtml(long).match(/<li><span title/g)).toHaveLength(5_000);
  expect(planHtml(madeHostile(long))).not.toContain("not shown here");
});

test("the same document gives the same bytes", () => {
  expect(batteryHtml(structuredClone(sampleReport()))).toBe(PAGES["a proven battery"] ?? "");
  expect(runHtml(structuredClone(closedRun()))).toBe(PAGES["a closed run"] ?? "");
});

test("a link out of the page, markup from elsewhere and a style with markup in it are bugs", () => {
  const href = (value: string): Attributes => ({ href: value });
  for (const link of ["https://x", "javascript:1", "#A b", "//x"]) {
    expect(() => element("a", href(link))).toThrow("a link out of the page");
  }
  const foreign = { html: "<b>" } as unknown as Parameters<typeof element>[2];
  expect(() => element("p", {}, [foreign] as never)).toThrow("markup that was not made here");
  expect(() => styleSheet("</style>")).toThrow("no markup");
});

/** In a process of its own: what other tests have registered as a secret is a word of the page here. */
function redactedAlone(text: string): string {
  const redaction = JSON.stringify(join(import.meta.dirname, "../../kernel/evidence/redaction.ts"));
  const program = `import { redact } from ${redaction}; process.stdout.write(redact(await Bun.stdin.text()));`;
  const run = Bun.spawnSync([process.execPath, "-e", program], { stdin: Buffer.from(text) });
  if (run.exitCode !== 0) throw new Error(`${run.stderr}`);
  return run.stdout.toString();
}

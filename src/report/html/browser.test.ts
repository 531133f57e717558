/**
 * Tests of the pages in a real browser, where the machine has one: their width, their policy, the keyboard, paper.
 *
 * Without Chromium they say so and check nothing; what html.test.ts checks holds everywhere.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Browser, findChromium, openChromium, type View } from "../../../scripts/browser/chromium.ts";
import { hostileReport, sampleReport, troubledReport } from "../battery-sample.ts";
import { closedRun, madeHostile, sampleDryRun, waitingRun } from "../run-sample.ts";
import { batteryHtml } from "./battery.ts";
import { dryRunHtml } from "./dry-run.ts";
import { runHtml } from "./run.ts";

const program = findChromium();
if (program === null) process.stderr.write("browser.test: not checked, since this machine has no chromium\n");

let browser: Browser | null = null;
beforeAll(async () => {
  browser = program === null ? null : await openChromium(program);
}, 15_000);
afterAll(() => browser?.close());

const PHONE: View = { width: 360, scheme: "light", media: "screen" };
const WORD = "ein_sehr_langes_Wort".repeat(500);

const PAGES: Readonly<Record<string, string>> = {
  "a proven battery": batteryHtml(sampleReport()),
  "a troubled battery": batteryHtml(troubledReport()),
  "a hostile battery": batteryHtml(hostileReport()),
  "a battery of one long word": batteryHtml(madeHostile(troubledReport(), WORD)),
  "a waiting run": runHtml(waitingRun()),
  "a closed run of one long word": runHtml(madeHostile(closedRun(), WORD)),
  "a dry run": dryRunHtml(sampleDryRun()),
  "a dry run of one long word": dryRunHtml(madeHostile(sampleDryRun(), WORD)),
};

/** What sticks out of the page, with all of its facts opened. */
const STICKING_OUT = `(() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const width = document.documentElement.clientWidth;
  const hidden = (one) => one.closest("thead, .skip") !== null;
  const out = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return !hidden(one) && (box.right > width + 1 || box.left < -1);
  });
  return [document.documentElement.scrollWidth - width, out.map(({ tagName, className }) => tagName + "." + className)];
})()`;

test("no page is wider than a phone or a desk, and none asks for anything", async () => {
  if (browser === null) return;
  for (const [kind, html] of Object.entries(PAGES)) {
    for (const width of [360, 1280]) {
      await browser.show(html, { ...PHONE, width });
      expect([kind, width, await browser.ask(STICKING_OUT)]).toEqual([kind, width, [0, []]]);
    }
  }
  expect(browser.complaints).toEqual([]);
}, 15_000);

test("a page that is too wide is found", async () => {
  if (browser === null) return;
  const wide = PAGES["a waiting run"]?.replace("<table ", '<table width="900" ') ?? "";
  await browser.show(wide.replace(/max-width:44rem/g, "max-width:1rem").replace(/style-src '[^']*'/, ""), PHONE);
  const [over] = await browser.ask<[number]>(STICKING_OUT);
  expect(over).toBeGreaterThan(0);
});

test("the style holds by its digest, and a script that got in does not run", async () => {
  if (browser === null) return;
  const page = PAGES["a waiting run"] ?? "";
  const look = `[getComputedStyle(document.querySelector("main")).maxWidth, document.title.includes("ran")]`;
  const script = "<script>document.title = 'ran'</script></body>";
  const refused = browser.complaints.length;
  await browser.show(page.replace("</body>", script), { ...PHONE, width: 1280 });
  expect(await browser.ask(look)).toEqual(["1024px", false]);
  expect(browser.complaints.slice(refused).join()).toContain("Content Security Policy");
  await browser.show(page.replace(/<meta http-equiv[^>]*>/, "").replace("</body>", script), PHONE);
  expect(await browser.ask(look)).toEqual(["1024px", true]);
});

test("dark is dark and paper is light, with every fact on it", async () => {
  if (browser === null) return;
  const look = `(() => {
    const [red] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number);
    const isFolded = (one) => !one.checkVisibility() || one.getBoundingClientRect().height === 0;
    const folded = [...document.querySelectorAll("details .body")].filter(isFolded);
    return [red > 128 ? "light" : "dark", folded.length > 0 ? "folded" : "open"];
  })()`;
  const page = PAGES["a proven battery"] ?? "";
  const seen: unknown[] = [];
  for (const scheme of ["light", "dark"] as const) {
    for (const media of ["screen", "print"] as const) {
      await browser.show(page, { width: 1280, scheme, media });
      seen.push([scheme, media, await browser.ask(look)]);
    }
  }
  expect(seen).toEqual([
    ["light", "screen", ["light", "folded"]],
    ["light", "print", ["light", "open"]],
    ["dark", "screen", ["dark", "folded"]],
    ["dark", "print", ["light", "open"]],
  ]);
});

test("by keyboard: the way past the contents comes first, each proof is reached and opened", async () => {
  if (browser === null) return;
  await browser.show(PAGES["a proven battery"] ?? "", { ...PHONE, width: 1280 });
  const focused = `(() => {
    const { tagName, className, textContent } = document.activeElement;
    return [tagName, className, textContent.slice(0, 7)];
  })()`;
  await browser.press("Tab");
  expect(await browser.ask<string[]>(focused)).toEqual(["A", "skip", "Skip to"]);
  expect(await browser.ask(`document.activeElement.getBoundingClientRect().left >= 0`)).toBe(true);
  const order: string[] = [];
  for (let presses = 0; presses < 20; presses++) {
    await browser.press("Tab");
    const [tag = "", , text = ""] = await browser.ask<string[]>(focused);
    order.push(`${tag} ${text}`);
    if (text === "PROOF-7") break;
  }
  expect(order.filter((one) => one.startsWith("SUMMARY"))).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((n) => `SUMMARY PROOF-${n}`),
  );
  await browser.press("Enter");
  expect(await browser.ask(`document.activeElement.parentElement.open`)).toBe(true);
});

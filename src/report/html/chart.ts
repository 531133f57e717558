/**
 * html/chart: rows inserted, updated and deleted for each relation, as bars, with the numbers beside them.
 *
 * Drawn beside a table that holds the same, so nothing is lost without it. A count that is not known is a dashed bar
 * and the word, never a length. Pure.
 */
import { element, type Ink, listed, type Markup, said, words } from "./element.ts";
import { hidden } from "./table.ts";

/** null: not countable. */
export type Bar = {
  readonly label: string;
  readonly inserted: number | null;
  readonly updated: number | null;
  readonly deleted: number | null;
};

const PARTS = [
  ["inserted", "+"],
  ["updated", "~"],
  ["deleted", "−"],
] as const;

const WIDTH = 1000;
const HEIGHT = 14;
/** One row among a million is seen all the same. */
const THINNEST = 6;

export function barChart(title: string, bars: readonly Bar[], ink: Ink): readonly Markup[] {
  if (bars.length === 0) return [];
  const most = Math.max(...bars.map(known), 1);
  const shown = listed(bars, ink);
  const legend = PARTS.map(([part, sign]) => element("span", { class: `key ${part}` }, [words(`${sign} ${part}`)]));
  const rows = shown.map((bar) =>
    element("li", {}, [
      element("span", { class: "name" }, [said(bar.label, ink)]),
      element(
        "span",
        { class: "numbers" },
        PARTS.map(([part, sign]) => amount(bar[part], sign)),
      ),
      drawn(bar, most),
    ]),
  );
  return [
    element("figure", { class: "chart" }, [
      element("figcaption", {}, [
        element("span", {}, [said(title, ink)]),
        element("span", { class: "legend", "aria-hidden": "true" }, legend),
      ]),
      element("ul", {}, rows),
      ...hidden(bars.length - shown.length, "bars"),
    ]),
  ];
}

function known(bar: Bar): number {
  return PARTS.reduce((sum, [part]) => sum + (bar[part] ?? 0), 0);
}

function amount(count: number | null, sign: string): Markup {
  const text = count === null ? `${sign}?` : `${sign}${count}`;
  return element("span", { class: count === 0 ? "none" : "some" }, [words(text)]);
}

function drawn(bar: Bar, most: number): Markup {
  let from = 0;
  const lengths = PARTS.flatMap(([part]) => {
    const count = bar[part];
    if (count === null || count === 0) return [];
    const width = Math.max(Math.round((count / most) * (WIDTH - 3 * THINNEST)), THINNEST);
    from += width;
    return [element("rect", { class: part, x: from - width, width, height: HEIGHT })];
  });
  const isUncountable = PARTS.some(([part]) => bar[part] === null);
  const unknown = element("rect", { class: "uncountable", x: from, width: WIDTH - from, height: HEIGHT });
  const attributes = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" };
  return element("svg", { class: "bar", ...attributes, focusable: "false" }, [
    element("rect", { class: "ground", width: WIDTH, height: HEIGHT }),
    ...lengths,
    ...(isUncountable ? [unknown] : []),
  ]);
}

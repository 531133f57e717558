/** Tests of the page's colours: each text has enough contrast with each ground that it stands on, in light and dark. */
import { expect, test } from "bun:test";
import { DARK, LIGHT, type PageColours } from "./palette.ts";

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

type Pair = readonly [keyof PageColours, keyof PageColours];

const TEXTS: readonly Pair[] = [
  ...(["ink", "soft", "link", "good", "bad", "wait"] as const).map((name) => [name, "paper"] as const),
  ["ink", "raised"],
  ...(["good", "bad", "wait"] as const).flatMap((name): Pair[] => [
    [name, `${name}Ground`],
    ["ink", `${name}Ground`],
  ]),
];

const DRAWN: readonly Pair[] = [
  ...(["inserted", "updated", "deleted"] as const).map((name) => [name, "paper"] as const),
  ...(["good", "bad", "wait"] as const).map((name) => [name, "track"] as const),
];

for (const [theme, colours] of Object.entries({ light: LIGHT, dark: DARK })) {
  test(`${theme}: texts have a contrast of 4.5 at least, drawings of 3`, () => {
    const low = (pairs: readonly Pair[], least: number) =>
      pairs.filter(([one, other]) => contrast(colours[one], colours[other]) < least).map((pair) => pair.join(" on "));
    expect([low(TEXTS, 4.5), low(DRAWN, 3)]).toEqual([[], []]);
  });
}

test("black on white is 21, and a grey that is too light is found", () => {
  expect([contrast("#000000", "#ffffff"), contrast("#777777", "#ffffff") < 4.5]).toEqual([21, true]);
});

/**
 * html/palette: the colours of the page, in light and in dark, by what they are for.
 *
 * Data only. A test computes the contrast of each text on each ground that it stands on: 4.5 at least (WCAG 2.2,
 * 1.4.3), and 3 for what is drawn (1.4.11). Read by style.ts.
 */

export type PageColours = Readonly<Record<(typeof NAMES)[number], string>>;

const NAMES = [
  ...["paper", "raised", "ink", "soft", "line", "link"],
  ...["good", "goodGround", "bad", "badGround", "wait", "waitGround"],
  ...["inserted", "updated", "deleted", "track"],
] as const;

export const LIGHT: PageColours = {
  paper: "#ffffff",
  raised: "#f5f6f8",
  ink: "#1a1d21",
  soft: "#545b64",
  line: "#d5d9de",
  link: "#0b57a4",
  good: "#0b6b33",
  goodGround: "#e4f4ea",
  bad: "#a81c1c",
  badGround: "#fdeaea",
  wait: "#7a4b00",
  waitGround: "#fdf1d8",
  inserted: "#1a7f45",
  updated: "#b06a00",
  deleted: "#c22f2f",
  track: "#e6e9ed",
};

export const DARK: PageColours = {
  paper: "#14171b",
  raised: "#1d2127",
  ink: "#e8eaed",
  soft: "#a9b1bb",
  line: "#373d46",
  link: "#8bbcf5",
  good: "#7fd8a0",
  goodGround: "#14301f",
  bad: "#ff9c96",
  badGround: "#3d1a1a",
  wait: "#f2c56b",
  waitGround: "#362a10",
  inserted: "#4fb87a",
  updated: "#d99a3a",
  deleted: "#ec6d66",
  track: "#2a3038",
};

/** `name` and its colour, as custom properties of CSS. */
export function customProperties(colours: PageColours): string {
  return NAMES.map((name) => `--${name}:${colours[name]}`).join(";");
}

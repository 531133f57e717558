/**
 * palette: how a renderer asks for a style without knowing of terminals.
 *
 * A renderer gets one passed in and never decides whether there is colour. Colour repeats what a word says already
 * (PASS, FAIL), so a report without it loses nothing. The commands pass a palette that paints on a terminal.
 */
import type { Verdict } from "./battery.ts";

export type Style = "bold" | "red" | "green" | "yellow" | "dim";

export type Palette = (text: string, style: Style) => string;

export const plain: Palette = (text) => text;

export const verdictStyle: Readonly<Record<Verdict, Style>> = {
  PASS: "green",
  FAIL: "red",
  INCONCLUSIVE: "yellow",
  "NOT RUN": "yellow",
};

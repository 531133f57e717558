/**
 * format: the formats of a report, and the one switch over them.
 *
 * Each kind of report says how it is drawn; what it holds is the same in every format. Called by the render functions
 * beside this file; the commands choose the format.
 */
import { unreachable } from "../kernel/failure.ts";
import { jsonDocument } from "./json.ts";
import { junit } from "./junit.ts";
import { tap } from "./tap.ts";
import type { Suite } from "./test-point.ts";

export type Format = "text" | "json" | "jsonl" | "junit" | "tap" | "markdown" | "html";

export type Drawing = {
  readonly document: { readonly schema: string };
  text(): string;
  markdown(): string;
  html(): string;
  suite(): Suite;
};

export function draw(drawing: Drawing, format: Format): string {
  switch (format) {
    case "text":
      return drawing.text();
    case "json":
    case "jsonl":
      return jsonDocument(drawing.document);
    case "junit":
      return junit(drawing.suite());
    case "tap":
      return tap(drawing.suite());
    case "markdown":
      return drawing.markdown();
    case "html":
      return drawing.html();
    default:
      return unreachable(format);
  }
}

/**
 * segment/reading: the shapes that pass between the steps of cutting: what is read, its labels, its entries.
 *
 * Types only, no code; each step has its own file. Nothing here knows a language. Used by all of them.
 */
import type { Compiled, ReadLabel } from "./label.ts";
import type { Line, Text } from "./line.ts";
import type { Scanned } from "./scan.ts";

export type Reading = { readonly text: Text; readonly compiled: Compiled; readonly scanned: Scanned };

export type Named = ReadLabel;

export type FoundLabels = {
  readonly labels: readonly Named[];
  /** The line from which an index repeats the labels to the end, or null. */
  readonly index: Line | null;
};

/** Offsets of the first byte of a block of quoted law, and of what follows it. */
export type Block = { readonly from: number; readonly end: number };

export type OwnLabels = FoundLabels & {
  /** Blocks of quoted law, whose list marks are none of the document's. */
  readonly insets: readonly Block[];
};

export type Entry = {
  /** Offset of the first byte of the label's line. */
  readonly start: number;
  readonly kind: string;
  readonly sectionType: string;
  readonly number: string | null;
  readonly heading: string | null;
  readonly label: string | null;
  /** What addresses are made of where there is no number. */
  readonly slug: string | null;
  /** An entry belongs to the nearest one before it whose rank is smaller. */
  readonly rank: number;
  /** `no`: what follows is never below it, as a preamble or recital. */
  readonly holds: "yes" | "no";
  /** Marks between it and that one which are no units of their own. */
  readonly above: readonly { readonly kind: string; readonly number: string }[];
};

/**
 * segment/sample: what tests of cutting share: a text cut by a profile, as lines that can be compared, and its checks.
 *
 * Test support only; nothing but `*.test.ts` imports it. It never cuts in another way than the program.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILT_IN_PROFILES } from "../profiles/built-in.ts";
import { chooseProfile } from "../profiles/choose.ts";
import type { Profile } from "../profiles/profile.ts";
import { segment, type Unit } from "./segment.ts";

function builtIn(name: string): Profile {
  const profile = BUILT_IN_PROFILES.find((known) => known.name === name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function cut(text: string, profile: string): readonly Unit[] {
  return segment(bytesOf(text), "D", builtIn(profile));
}

/** One line for each unit: two blanks for each level, kind and number, the heading after a bar. */
export function tree(text: string, profile: string): string[] {
  return cut(text, profile).map(({ depth, kind, number, heading }) => {
    const named = number === null ? kind : `${kind} ${number}`;
    return `${"  ".repeat(depth - 1)}${named}${heading === null ? "" : ` | ${heading}`}`;
  });
}

export function counts(units: readonly Unit[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { kind } of units) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
}

/** The units' bytes one after the other: the source, if the units tile it. */
export function concatenated(bytes: Uint8Array, units: readonly Unit[]): Buffer {
  return Buffer.concat(units.map(({ byteStart, byteEnd }) => bytes.subarray(byteStart, byteEnd)));
}

/** Real documents stand beside the project; a test that needs one fails without it. */
export function realDocument(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "../../../../shared/documents", name)));
}

export type CutDocument = { readonly bytes: Uint8Array; readonly profile: string; readonly units: readonly Unit[] };

/** Cut as `cutter plan` does it, with the profile that auto chooses. */
export function cutReal(name: string): CutDocument {
  const bytes = realDocument(name);
  const { profile } = chooseProfile(bytes);
  return { bytes, profile: profile.name, units: segment(bytes, "D", profile) };
}

/**
 * profiles/choose: which built-in profile fits a document, and why.
 *
 * Weighs each on a sample: its labels, how much of the text is in its language, how many headings and decimal numbers
 * there are. The same bytes give the same choice. It never reads a profile of one's own: those are named. Pure. Called
 * by the verbs that cut.
 */
import { bareLevel } from "../segment/bare-sections.ts";
import { findDecimals } from "../segment/decimal.ts";
import { compile } from "../segment/label.ts";
import { Text } from "../segment/line.ts";
import { findLabels } from "../segment/named.ts";
import type { Named, Reading } from "../segment/reading.ts";
import { scan } from "../segment/scan.ts";
import { wantedBy } from "../segment/segment.ts";
import { BUILT_IN_PROFILES } from "./built-in.ts";
import type { Profile } from "./profile.ts";
import { sampleOf } from "./sample.ts";

export type Weighed = {
  readonly profile: string;
  /** Labels, headings or decimal numbers in the sample. */
  readonly labels: number;
  /** Share of the sample's words that are frequent in the profile's language; null where it has none. */
  readonly language: number | null;
};

export type Choice = {
  readonly profile: Profile;
  /** One sentence. */
  readonly why: string;
  readonly weighed: readonly Weighed[];
};

/** So that labels count a little even where a text is too short to show its language. */
const ANY_LANGUAGE = 0.02;

export function chooseProfile(bytes: Uint8Array): Choice {
  const sample = sampleOf(bytes);
  const words = wordsOf(sample);
  const weighed = BUILT_IN_PROFILES.map((profile) => weigh(profile, sample, words));
  const { profile: name, why } = decide(weighed);
  const profile = BUILT_IN_PROFILES.find((known) => known.name === name);
  if (profile === undefined) throw new Error(`there is no profile ${name}`);
  return { profile, why, weighed };
}

function weigh(profile: Profile, sample: Uint8Array, words: readonly string[]): Weighed {
  const { name, commonWords } = profile;
  const compiled = compile(profile);
  // List marks are looked at only where a number alone may be a section.
  const enumerators = bareLevel(compiled) === -1 ? "none" : "wanted";
  const scanned = scan(sample, { ...wantedBy(compiled), enumerators });
  const reading = { text: new Text(sample), compiled, scanned };
  if (name === "markdown") {
    const labels = scanned.lines.filter(({ markup }) => markup === "heading").length;
    return { profile: name, labels, language: null };
  }
  if (name === "numbered") return { profile: name, labels: findDecimals(reading).length, language: null };
  const common = new Set(commonWords);
  const share = words.length === 0 ? 0 : words.filter((word) => common.has(word)).length / words.length;
  return { profile: name, labels: lawLabels(reading), language: Math.round(share * 1000) / 1000 };
}

/** Numbers alone are no sign of law without a part or chapter above them. */
function lawLabels(reading: Reading): number {
  const { labels } = findLabels(reading);
  const { levels } = reading.compiled.profile;
  const isBare = ({ level, line }: Named): boolean => levels[level]?.label.form === "bare" && line.markup === "plain";
  const hasStructure = labels.some(({ level }) => levels[level]?.role === "structure");
  return hasStructure ? labels.length : labels.filter((label) => !isBare(label)).length;
}

function wordsOf(sample: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(sample).normalize("NFC").toLowerCase();
  return text.match(/\p{L}+/gu) ?? [];
}

type Decision = { readonly profile: string; readonly why: string };

function decide(weighed: readonly Weighed[]): Decision {
  const labelsOf = (name: string): number => weighed.find(({ profile }) => profile === name)?.labels ?? 0;
  const [headings, decimals] = [labelsOf("markdown"), labelsOf("numbered")];
  const laws = weighed.filter(({ language }) => language !== null);
  const law = [...laws].sort((a, b) => weight(b) - weight(a))[0];
  const found = law !== undefined && weight(law) > 0 ? law.labels : 0;
  const seen = `${found} labels of law, ${decimals} decimal numbers, ${headings} headings in the sample`;
  // In Markdown most headings of a law are labels; a handbook may have a "Part 2" or two.
  if (law !== undefined && found >= 2 && found * 2 >= headings && found * 2 >= decimals) {
    const share = Math.round((law.language ?? 0) * 100);
    return { profile: law.profile, why: `${seen}; ${share} % of the words are frequent in its language` };
  }
  // Where other headings have no numbers, the headings are the structure.
  if (decimals >= 2 && decimals * 5 >= headings * 4) return { profile: "numbered", why: seen };
  if (headings > 0) return { profile: "markdown", why: seen };
  if (law !== undefined && found > 0) return { profile: law.profile, why: seen };
  if (decimals > 0) return { profile: "numbered", why: seen };
  return { profile: "markdown", why: `${seen}: no profile finds a label, so the whole is one unit` };
}

function weight({ labels, language }: Weighed): number {
  return labels * (ANY_LANGUAGE + (language ?? 0));
}

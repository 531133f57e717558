/**
 * profiles/profile-schema: a profile of one's own, as `[profiles.NAME]` of cutter.toml says it, checked.
 *
 * The keys are those of a level in plain words; what is left out is what a plain profile has. An unknown key is refused
 * with its path. Whether the section types are known is for the guard to say, which has the database's vocabulary.
 * Loads valibot, so it is imported only where a profile of one's own is named. Called by find-profile.ts.
 */
import * as v from "valibot";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { ENUMERATOR_STYLES, type Label, type Level, PLAIN, type Profile } from "./profile.ts";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(100));
const word = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,39}$/, "small letters, digits and _"));
const words = v.pipe(v.array(text), v.minLength(1), v.maxLength(50));

const level = v.pipe(
  v.strictObject({
    name: v.optional(v.string(), ""),
    kind: word,
    section_type: word,
    role: v.optional(v.picklist(["structure", "leaf", "annex", "apart"])),
    words: v.optional(words),
    number: v.optional(v.picklist(["required", "optional", "none"]), "required"),
    divider: v.optional(v.picklist(["mark", "space"]), "mark"),
    headed: v.optional(v.picklist(["always", "maybe"]), "always"),
    bare: v.optional(v.picklist(["arabic", "roman"])),
    marks: v.optional(v.pipe(v.array(v.picklist(ENUMERATOR_STYLES)), v.minLength(1))),
    form: v.optional(v.picklist(["heading", "decimal"])),
  }),
  v.check(
    ({ words, bare, marks, form }) => [words, bare, marks, form].filter((one) => one !== undefined).length === 1,
    "a level has one of words, bare, marks and form",
  ),
);

const profile = v.strictObject({
  about: v.optional(text, "a profile of one's own"),
  unit_kind: v.optional(word, "document_unit"),
  nesting: v.optional(v.picklist(["listed", "observed"]), "listed"),
  numbers: v.optional(v.picklist(["dotted", "whole"]), "whole"),
  alphabet: v.optional(text, PLAIN.alphabet),
  ordinals: v.optional(v.record(text, v.pipe(v.number(), v.integer(), v.minValue(0))), {}),
  ordinal_marks: v.optional(v.array(text), []),
  suffixes: v.optional(v.array(text), []),
  unnumbered: v.optional(v.array(text), []),
  continuing: v.optional(v.array(text), []),
  list_titles: v.optional(v.array(text), []),
  prefixes: v.optional(v.array(text), []),
  levels: v.pipe(v.array(level), v.minLength(1), v.maxLength(40)),
});

type GivenLevel = v.InferOutput<typeof level>;

/** CONFIG_INVALID with every problem. The version of such a profile is a digest of what it says. */
export function parseProfile(name: string, given: unknown): Profile | Failure {
  const result = v.safeParse(profile, given);
  if (!result.success) {
    const problems = result.issues.map((issue) => {
      return `profiles.${name}${pathOf(v.getDotPath(issue))}: ${said(issue)}`;
    });
    return new Failure("CONFIG_INVALID", problems.join("; "), { facts: { problems } });
  }
  const { levels, unit_kind: unitKind, ordinal_marks: ordinalMarks, list_titles: listTitles, ...rest } = result.output;
  const version = `own-${sha256(canonicalJson(result.output)).slice(0, 16)}`;
  const read = { ...PLAIN, ...rest, name, version, unitKind, ordinalMarks, listTitles };
  return { ...read, levels: levels.map(levelOf) };
}

function pathOf(path: string | null): string {
  return path === null ? "" : `.${path}`;
}

function said(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === "never") return "is not known";
  if (issue.received === "undefined") return "is missing";
  return issue.type === "check" || issue.type === "regex" ? issue.message : `should be ${issue.expected ?? issue.type}`;
}

function levelOf(given: GivenLevel): Level {
  const { name, kind, section_type: sectionType } = given;
  const role = given.role ?? (given.marks === undefined ? "structure" : "enumerator");
  return { name: name === "" ? (given.words?.[0] ?? "") : name, kind, sectionType, role, label: labelOf(given) };
}

function labelOf({ words, number, divider, headed, bare, marks, form }: GivenLevel): Label {
  if (words !== undefined) return { form: "word", words, number, divider, headed };
  if (bare !== undefined) return { form: "bare", number: bare };
  if (marks !== undefined) return { form: "enumerator", styles: marks };
  return { form: form ?? "heading" };
}

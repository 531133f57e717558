/** find-profile.test: profiles by name, one's own from the configuration, and what is refused of them. */
import { expect, test } from "bun:test";
import { Failure } from "../../kernel/failure.ts";
import { segment } from "../segment/segment.ts";
import { findProfile } from "./find-profile.ts";

const bytes = new TextEncoder().encode("Regel 1: Erste\nText.\n- x\nRegel 2: Zweite\n(1) eins\n(2) zwei\n");
const LEVEL = { kind: "article", section_type: "article", role: "leaf", words: ["Regel"] };
const MARKS = { name: "Satz", kind: "clause", section_type: "clause", marks: ["(1)"] };

async function refusal(name: string, own: Readonly<Record<string, unknown>>): Promise<string> {
  const found = await findProfile({ name, own, bytes });
  return found instanceof Failure ? `${found.code} ${found.message}` : "accepted";
}

test("a profile of one's own cuts by its own words, and its version is a digest of what it says", async () => {
  const found = await findProfile({ name: "rules", own: { rules: { levels: [LEVEL, MARKS] } }, bytes });
  if (found instanceof Failure) throw new Error(found.message);
  const units = segment(bytes, "D", found.profile);
  expect(units.map(({ address, label }) => `${address} ${label}`)).toEqual([
    ...["D/article-1 Regel 1", "D/article-2 Regel 2", "D/article-2/clause-1 Satz 1", "D/article-2/clause-2 Satz 2"],
  ]);
  const other = await findProfile({ name: "rules", own: { rules: { levels: [LEVEL] } }, bytes });
  if (other instanceof Failure) throw new Error(other.message);
  expect(found.profile.version).toMatch(/^own-[0-9a-f]{16}$/);
  expect(other.profile.version).not.toBe(found.profile.version);
});

test("every problem of a profile is told with its path", async () => {
  const wrong = { levles: [], levels: [{ ...LEVEL, kind: "Artikel" }, { ...LEVEL, form: "heading" }, {}] };
  const said = await refusal("rules", { rules: wrong });
  expect(said).toStartWith("CONFIG_INVALID ");
  for (const path of ["profiles.rules.levles: is not known", "profiles.rules.levels.0.kind: small letters"]) {
    expect(said).toContain(path);
  }
  expect(said).toContain("profiles.rules.levels.1: a level has one of words, bare, marks and form");
  expect(said).toContain("profiles.rules.levels.2.kind: is missing");
});

test("an unknown name is refused with those there are; a built-in name cannot be taken", async () => {
  expect(await refusal("law-xx", { rules: { levels: [LEVEL] } })).toStartWith("PROFILE_UNKNOWN ");
  const found = await findProfile({ name: "law-xx", own: { rules: {} }, bytes });
  expect(found instanceof Failure ? found.hint : "").toContain("auto, law-vi, law-en, law-de, law-fr, law-ru");
  expect(found instanceof Failure ? found.hint : "").toContain("rules");
  expect(await refusal("auto", { "law-vi": { levels: [LEVEL] } })).toBe(
    "CONFIG_INVALID profiles.law-vi: the name of a built-in profile",
  );
  expect(await refusal("toString", {})).toStartWith("PROFILE_UNKNOWN ");
});

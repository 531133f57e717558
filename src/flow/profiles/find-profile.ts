/**
 * profiles/find-profile: the profile that a name means: built in, one's own, or `auto`.
 *
 * A profile of one's own may not take a built-in name, so that a name means the same everywhere. Called by the verbs
 * that cut; it never reads the configuration itself.
 */
import { Failure } from "../../kernel/failure.ts";
import { BUILT_IN_PROFILES } from "./built-in.ts";
import { type Choice, chooseProfile } from "./choose.ts";

export type ProfileQuestion = {
  /** `auto` or a name. */
  readonly name: string;
  /** `[profiles.*]` of the configuration, unchecked. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
};

/** PROFILE_UNKNOWN with the names there are; CONFIG_INVALID for one's own that is not well-formed. */
export async function findProfile({ name, own, bytes }: ProfileQuestion): Promise<Choice | Failure> {
  const taken = Object.keys(own).find((key) => key === "auto" || BUILT_IN_PROFILES.some((one) => one.name === key));
  if (taken !== undefined) {
    const hint = "Give it another name; built-in ones keep theirs.";
    return new Failure("CONFIG_INVALID", `profiles.${taken}: the name of a built-in profile`, { hint });
  }
  if (name === "auto") return chooseProfile(bytes);
  const builtIn = BUILT_IN_PROFILES.find((known) => known.name === name);
  if (builtIn !== undefined) return { profile: builtIn, why: "it was named", weighed: [] };
  if (!Object.hasOwn(own, name)) return unknown(name, Object.keys(own));
  const { parseProfile } = await import("./profile-schema.ts");
  const parsed = parseProfile(name, own[name]);
  return parsed instanceof Failure
    ? parsed
    : { profile: parsed, why: "it was named, in the configuration", weighed: [] };
}

function unknown(name: string, own: readonly string[]): Failure {
  const names = ["auto", ...BUILT_IN_PROFILES.map((profile) => profile.name), ...own];
  const hint = `Profiles: ${names.join(", ")}.`;
  return new Failure("PROFILE_UNKNOWN", `there is no profile ${name}`, { hint, facts: { profiles: names } });
}

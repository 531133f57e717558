/**
 * check-keywords: holds each setting against the keyword table, after precedence is settled.
 *
 * CONNINFO_INVALID for a value that libpq would not take, CONNINFO_UNSUPPORTED for one that asks for what we cannot do.
 * Checks only what won: a refused keyword in a layer that was overridden has no effect. Called by resolve.ts.
 */
import { Failure, unreachable } from "../failure.ts";
import { type Fate, findKeyword } from "./keyword-table.ts";
import type { Setting, Settings } from "./settings.ts";

const INTEGER = /^[ \t\n\v\f\r]*[+-]?\d{1,10}[ \t\n\v\f\r]*$/;
const LARGEST = 2 ** 31 - 1;

export function checkKeywords(settings: Settings): Failure | null {
  for (const [keyword, setting] of settings) {
    const fate = findKeyword(keyword)?.fate;
    if (fate === undefined) throw new Error(`keyword ${keyword} passed storeSetting and is not in the table`);
    const failure = checkOne(keyword, setting, fate);
    if (failure !== null) return failure;
  }
  return null;
}

function checkOne(keyword: string, setting: Setting, fate: Fate): Failure | null {
  const value = fate.is === "limited" && fate.caseless ? setting.value.toLowerCase() : setting.value;
  switch (fate.is) {
    case "used":
      return fate.values === undefined || fate.values.includes(value) ? null : invalid(keyword, setting, fate.values);
    case "without-effect":
      return fate.form === "any" || parseInteger(value) !== null ? null : invalid(keyword, setting, ["an integer"]);
    case "limited":
      if (fate.harmless.includes(value)) return null;
      if (fate.refused === undefined || fate.refused.includes(value)) return unsupported(keyword, setting, fate.why);
      return invalid(keyword, setting, [...fate.harmless.filter(Boolean), ...fate.refused]);
    case "unsupported":
      return value === "" ? null : unsupported(keyword, setting, fate.why);
    default:
      return unreachable(fate);
  }
}

/** An integer as libpq reads one: blanks around it are fine, anything else is not. Null where it is none. */
export function parseInteger(text: string): number | null {
  if (!INTEGER.test(text)) return null;
  const number = Number(text);
  return Math.abs(number) <= LARGEST ? number : null;
}

export function invalid(keyword: string, setting: Setting, wanted: readonly string[]): Failure {
  const seen = `${keyword} from ${setting.origin} is ${JSON.stringify(setting.value)}`;
  const message = `${seen}; it may be ${wanted.join(", ")}.`;
  return new Failure("CONNINFO_INVALID", message, { facts: { keyword, origin: setting.origin } });
}

/** Names the keyword but not its value: that may be a secret (sslpassword, oauth_client_secret). */
export function unsupported(keyword: string, setting: Setting, why: string): Failure {
  const message = `${keyword} from ${setting.origin} cannot be honoured: ${why}.`;
  return new Failure("CONNINFO_UNSUPPORTED", message, { facts: { keyword, origin: setting.origin } });
}

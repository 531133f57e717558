/**
 * settings: keyword → value, each with where it came from, as the parsers fill it and precedence joins it.
 *
 * A password is registered as a secret the moment it is stored. Messages name the keyword and the place, never a value
 * that may be a piece of a mistyped password. Filled by url, keywords, service-file, env-file and resolve.
 */
import { closest, distance } from "fastest-levenshtein";
import { registerSecret } from "../evidence/redaction.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { findKeyword, KEYWORD_NAMES } from "./keyword-table.ts";

export type Setting = {
  readonly value: string;
  /** For messages: `--url`, `PGPORT`, `service icx in /etc/pg_service.conf`. */
  readonly origin: string;
};
export type Settings = ReadonlyMap<string, Setting>;

const WORD = /^[A-Za-z_]{1,40}$/;

/** Stores one setting; a later one replaces an earlier one, as in libpq. CONNINFO_INVALID for an unknown keyword. */
export function storeSetting(into: Map<string, Setting>, keyword: string, setting: Setting): Failure | null {
  // The old spelling that libpq still takes.
  if (keyword === "requiressl") {
    const value = setting.value.startsWith("1") ? "require" : "prefer";
    into.set("sslmode", { ...setting, value });
    return null;
  }
  if (findKeyword(keyword) === undefined) return unknownKeyword(keyword, setting.origin);
  if (keyword === "password" || keyword === "sslpassword") registerSecret(setting.value);
  into.set(keyword, setting);
  return null;
}

function unknownKeyword(keyword: string, origin: string): Failure {
  // What is no word may be a piece of a password that was not quoted.
  if (!WORD.test(keyword)) {
    return new Failure("CONNINFO_INVALID", `${origin} has something that is no setting's name before an "=".`);
  }
  const near = closest(keyword, KEYWORD_NAMES);
  const hint = distance(keyword, near) <= limits.suggestionDistance ? ` Did you mean "${near}"?` : "";
  return new Failure("CONNINFO_INVALID", `${origin} has an unknown connection setting "${keyword}".${hint}`);
}

/** Joins layers; the first that has a keyword decides, even with an empty value, as in libpq. */
export function joinSettings(layers: readonly Settings[]): Settings {
  const joined = new Map<string, Setting>();
  for (const layer of layers) {
    for (const [keyword, setting] of layer) if (!joined.has(keyword)) joined.set(keyword, setting);
  }
  return joined;
}

/** The value, or null where it is absent or empty: for most keywords libpq makes no difference. */
export function settingValue(settings: Settings, keyword: string): string | null {
  const value = settings.get(keyword)?.value ?? "";
  return value === "" ? null : value;
}

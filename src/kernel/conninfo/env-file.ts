/**
 * env-file: connection settings out of the env file of another program: `--env-map PGPASSWORD=DB_PASS`.
 *
 * Read when it is needed, never printed, copied or put into our own environment. Only the mapped variables are looked
 * at; dotenv syntax, without expansion. Called by resolve.ts; parseEnvMap by the command line.
 */
import { parseEnv } from "node:util";
import { Failure } from "../failure.ts";
import { parseConnectionString } from "./connection-string.ts";
import { readCredentialFile } from "./credential-file.ts";
import { keywordOfVariable } from "./keyword-table.ts";
import { joinSettings, type Setting, type Settings, storeSetting } from "./settings.ts";

export type EnvFile = {
  readonly path: string;
  /** Variable of libpq, or DATABASE_URL → variable in the file. */
  readonly map: Readonly<Record<string, string>>;
};

/** `PGPASSWORD=DB_PASS,PGUSER=DB_USER` as a map. USAGE where it is not of that form. */
export function parseEnvMap(text: string): Readonly<Record<string, string>> | Failure {
  const map: Record<string, string> = {};
  for (const part of text.split(",")) {
    const [variable = "", name = "", ...more] = part.trim().split("=");
    if (!isKnown(variable) || name === "" || more.length > 0 || Object.hasOwn(map, variable)) {
      const form = "PGPASSWORD=NAME_IN_THE_FILE, several with commas; on the left a variable of libpq or DATABASE_URL";
      return new Failure("USAGE", `--env-map does not have the form ${form}.`);
    }
    map[variable] = name;
  }
  return map;
}

function isKnown(variable: string): boolean {
  return variable === "DATABASE_URL" || keywordOfVariable(variable) !== undefined;
}

/** The mapped settings; of a mapped DATABASE_URL first, then of the single variables. */
export async function readEnvFile(file: EnvFile): Promise<Settings | Failure> {
  const text = await readCredentialFile(file.path, "env file");
  if (text instanceof Failure) return text;
  const values = parseEnv(text);
  const single = new Map<string, Setting>();
  let whole: Settings = new Map();
  for (const [variable, name] of Object.entries(file.map)) {
    const origin = `${name} in ${file.path}`;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return new Failure("CONNINFO_INVALID", `There is no ${origin}.`);
    const stored =
      variable === "DATABASE_URL"
        ? parseConnectionString(value, origin)
        : storeVariable(single, variable, { value, origin });
    if (stored instanceof Failure) return stored;
    if (stored !== null) whole = stored;
  }
  return joinSettings([whole, single]);
}

function storeVariable(into: Map<string, Setting>, variable: string, setting: Setting): Failure | null {
  const keyword = keywordOfVariable(variable);
  if (keyword !== undefined) return storeSetting(into, keyword, setting);
  return new Failure("CONNINFO_INVALID", `${variable} is mapped to ${setting.origin}, but is no variable of libpq.`);
}

/**
 * naming: which of the ways to name a database holds, and the settings that it brings.
 *
 * Order: --url, --service, --env-file, DATABASE_URL, configuration, libpq's environment. What the operator typed beats
 * what lies around; what names nothing (a lone PGUSER, PGPASSWORD or PGPORT) never leads to a connection.
 * Source: cli.md, "Which database". Called by resolve.ts.
 */
import { Failure } from "../failure.ts";
import { parseConnectionString } from "./connection-string.ts";
import { type EnvFile, readEnvFile } from "./env-file.ts";
import { NAMING_VARIABLES } from "./keyword-table.ts";
import { joinSettings, type Settings, settingValue } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Configured = {
  readonly url?: string;
  readonly service?: string;
  readonly envFile?: EnvFile;
};

export type NamingInput = {
  readonly url?: string;
  /** The option that gave `url`, where it is another one, e.g. `--witness-url`. */
  readonly urlOption?: string;
  readonly service?: string;
  readonly envFile?: EnvFile;
  readonly configured?: Configured;
  readonly environment: Environment;
};

export type Named = {
  readonly source: string;
  /** Stand above a service file and the environment, as a connection string does in libpq. */
  readonly settings: Settings;
};

const NAMING_KEYWORDS = ["service", "host", "hostaddr", "dbname"];
const NONE: Settings = new Map();

export async function nameDatabase(input: NamingInput): Promise<Named | Failure> {
  const typed = input.envFile === undefined ? NONE : await readEnvFile(input.envFile);
  if (typed instanceof Failure) return typed;
  if (input.url !== undefined) return fromText(input.url, { source: input.urlOption ?? "--url", below: typed });
  if (input.service !== undefined) return fromService(input.service, { source: "--service", below: typed });
  if (names(typed)) return { source: `--env-file ${input.envFile?.path}`, settings: typed };
  const lying = await fromWhatLiesAround(input);
  return lying instanceof Failure ? lying : { ...lying, settings: joinSettings([typed, lying.settings]) };
}

async function fromWhatLiesAround(input: NamingInput): Promise<Named | Failure> {
  const url = input.environment.DATABASE_URL;
  if (url !== undefined && url !== "") return fromText(url, { source: "DATABASE_URL", below: NONE });
  const configured = input.configured ?? {};
  const source = "configuration";
  const mapped = configured.envFile === undefined ? NONE : await readEnvFile(configured.envFile);
  if (mapped instanceof Failure) return mapped;
  if (configured.url !== undefined) return fromText(configured.url, { source, below: mapped });
  if (configured.service !== undefined) return fromService(configured.service, { source, below: mapped });
  if (names(mapped)) return { source: `${source}, ${configured.envFile?.path}`, settings: mapped };
  return fromEnvironment(input.environment, mapped);
}

type Place = { readonly source: string; readonly below: Settings };

function fromText(text: string, place: Place): Named | Failure {
  const settings = parseConnectionString(text, place.source);
  if (settings instanceof Failure) return settings;
  return { source: place.source, settings: joinSettings([settings, place.below]) };
}

function fromService(service: string, place: Place): Named {
  const settings = new Map([["service", { value: service, origin: place.source }]]);
  return { source: `${place.source} ${service}`, settings: joinSettings([settings, place.below]) };
}

function fromEnvironment(environment: Environment, below: Settings): Named | Failure {
  const naming = NAMING_VARIABLES.filter((variable) => (environment[variable] ?? "") !== "");
  if (naming.length > 0) return { source: naming.join(", "), settings: below };
  return noneNamed(environment);
}

function noneNamed(environment: Environment): Failure {
  const near = ["PGPORT", "PGUSER", "PGPASSWORD"].filter((variable) => (environment[variable] ?? "") !== "");
  const alone =
    near.length === 0 ? "" : ` ${near.join(" and ")} alone ${near.length === 1 ? "does" : "do"} not name one.`;
  const choices = "a database of yours with --url postgres://role@host/database, or the built-in one with --embedded";
  return new Failure("NO_DATABASE_NAMED", `No database was named.${alone} Name ${choices}.`, {
    hint: "PGHOST, PGDATABASE, PGSERVICE, DATABASE_URL or --service name one too, as for psql.",
  });
}

function names(settings: Settings): boolean {
  return NAMING_KEYWORDS.some((keyword) => settingValue(settings, keyword) !== null);
}

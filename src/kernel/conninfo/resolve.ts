/**
 * resolve: flags, environment and files become one Target, with libpq's precedence.
 *
 * Within the database that was named: its own parameters, then the service file, then the environment, then defaults.
 * Connects to nothing, writes nothing, and reads the environment only as it was handed in. Compared in tests with what
 * psql does with the same input. Called by every verb that needs a database.
 */
import { engineMissing } from "../embedded/carried.ts";
import { registerSecret } from "../evidence/redaction.ts";
import { Failure } from "../failure.ts";
import { checkKeywords } from "./check-keywords.ts";
import { findKeyword, KEYWORD_NAMES } from "./keyword-table.ts";
import { localAccount } from "./local-account.ts";
import { type Environment, type NamingInput, nameDatabase } from "./naming.ts";
import { serverTarget } from "./server-target.ts";
import { readService } from "./service-file.ts";
import { joinSettings, type Setting, type Settings, settingValue } from "./settings.ts";
import type { Target } from "./target.ts";

export type ResolveInput = NamingInput & {
  readonly embedded?: true;
  /** Where `.pgpass`, `.pg_service.conf` and `.postgresql/` are looked for; default $HOME, then the account's. */
  readonly homeDirectory?: string;
};

export async function resolveTarget(input: ResolveInput): Promise<Target | Failure> {
  const conflict = conflictingNames(input);
  if (conflict !== null) return conflict;
  if (input.embedded === true) return engineMissing() ?? { kind: "embedded", source: "--embedded" };
  const environment = readEnvironment(input.environment);
  const named = await nameDatabase(input);
  if (named instanceof Failure) return named;
  const account = await localAccount();
  const homeDirectory = input.homeDirectory ?? given(input.environment, "HOME") ?? account?.homeDirectory ?? null;
  const service = await serviceSettings(joinSettings([named.settings, environment]), {
    homeDirectory,
    systemFolder: given(input.environment, "PGSYSCONFDIR"),
  });
  if (service instanceof Failure) return service;
  const settings = joinSettings([named.settings, service, environment, requireSsl(input.environment)]);
  const refused = checkKeywords(settings);
  if (refused !== null) return refused;
  return serverTarget(settings, { source: named.source, account, homeDirectory });
}

function conflictingNames(input: ResolveInput): Failure | null {
  const flags: string[] = [];
  if (input.url !== undefined) flags.push(input.urlOption ?? "--url");
  if (input.service !== undefined) flags.push("--service");
  if (input.embedded === true) flags.push("--embedded");
  if (input.embedded === true && input.envFile !== undefined) flags.push("--env-file");
  if (flags.length < 2) return null;
  return new Failure("USAGE", `${flags.join(" and ")} each say which database; give one of them.`);
}

/** Every variable of libpq that is set, even to nothing: an empty PGSSLMODE is a mistake there as well. */
function readEnvironment(environment: Environment): Settings {
  const settings = new Map<string, Setting>();
  for (const keyword of KEYWORD_NAMES) {
    const variable = findKeyword(keyword)?.environment ?? null;
    const value = variable === null ? undefined : environment[variable];
    if (variable === null || value === undefined) continue;
    if (keyword === "password") registerSecret(value);
    settings.set(keyword, { value, origin: variable });
  }
  return settings;
}

/** The old variable that libpq still looks at where no sslmode was given. */
function requireSsl(environment: Environment): Settings {
  const origin = "PGREQUIRESSL";
  const wanted = environment[origin]?.startsWith("1") === true;
  return wanted ? new Map([["sslmode", { value: "require", origin }]]) : new Map();
}

async function serviceSettings(
  settings: Settings,
  folders: { readonly homeDirectory: string | null; readonly systemFolder: string | null },
): Promise<Settings | Failure> {
  const service = settings.get("service");
  if (service === undefined) return new Map();
  return readService({ service: service.value, namedFile: settingValue(settings, "servicefile"), ...folders });
}

function given(environment: Environment, variable: string): string | null {
  const value = environment[variable] ?? "";
  return value === "" ? null : value;
}

/**
 * naming: the flags that name a database → the target and the witness's target.
 *
 * Shared by the commands that connect. Checks everything that can be checked before a connection is made.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { type Configuration, NO_CONFIGURATION, readConfiguration } from "../../src/kernel/conninfo/configuration.ts";
import type { ConnectionName } from "../../src/kernel/conninfo/connection-name.ts";
import { type EnvFile, parseEnvMap } from "../../src/kernel/conninfo/env-file.ts";
import { fileVariables } from "../../src/kernel/conninfo/file-variables.ts";
import type { Configured } from "../../src/kernel/conninfo/naming.ts";
import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import type { Target } from "../../src/kernel/conninfo/target.ts";
import { Failure } from "../../src/kernel/failure.ts";

export type NamingFlags = {
  readonly embedded: boolean;
  readonly "witness-url"?: string | undefined;
  readonly "env-file": string | undefined;
  readonly "env-map": string | undefined;
};

export type NamedTargets = {
  readonly target: Target;
  readonly witnessTarget: Target | null;
  /** Its keys seal evidence; with --embedded a file is read only where it was named. */
  readonly configuration: Configuration;
};

/** `primary` is what the configuration calls the connection that --url names for this command. */
export async function nameTargets(
  flags: NamingFlags,
  { globals, primary }: { readonly globals: Globals; readonly primary: ConnectionName },
): Promise<NamedTargets | Failure> {
  const envFile = envFileOf(flags);
  if (envFile instanceof Failure) return envFile;
  const environment = process.env;
  const isAsked = !flags.embedded || globals.config !== undefined;
  const configuration = isAsked ? await readConfiguration(globals.config, environment) : NO_CONFIGURATION;
  if (configuration instanceof Failure) return configuration;
  const { connections } = flags.embedded ? NO_CONFIGURATION : configuration;
  const target = await resolveTarget({
    environment,
    ...(globals.url === undefined ? {} : { url: globals.url }),
    ...(globals.service === undefined ? {} : { service: globals.service }),
    ...(flags.embedded ? { embedded: true } : {}),
    ...(envFile === null ? {} : { envFile }),
    ...(connections[primary] === undefined ? {} : { configured: connections[primary] }),
  });
  if (target instanceof Failure) return target;
  const witnessTarget = await nameWitness(flags["witness-url"], target, connections.witness);
  return witnessTarget instanceof Failure ? witnessTarget : { target, witnessTarget, configuration };
}

/** The configured witness goes with a configured database only: one that was typed may be another. */
async function nameWitness(
  url: string | undefined,
  target: Target,
  configured: Configured | undefined,
): Promise<Target | null | Failure> {
  if (url !== undefined && target.kind === "embedded") {
    return new Failure("USAGE", "--witness-url has no meaning with --embedded, which has one session");
  }
  if (url !== undefined) return resolveTarget({ environment: process.env, url, urlOption: "--witness-url" });
  if (configured === undefined || target.source !== "configuration") return null;
  return resolveTarget({ environment: fileVariables(process.env), configured });
}

/** What a person should know of the names, though it stops nothing. */
export function remarksOn({
  target,
  witnessTarget,
}: Pick<NamedTargets, "target" | "witnessTarget">): readonly string[] {
  const targets = [target, ...(witnessTarget === null ? [] : [witnessTarget])];
  return [...new Set(targets.flatMap((each) => (each.kind === "server" ? each.remarks : [])))];
}

function envFileOf(flags: NamingFlags): EnvFile | null | Failure {
  const { "env-file": path, "env-map": pairs } = flags;
  if (path === undefined && pairs === undefined) return null;
  if (path === undefined || pairs === undefined) {
    return new Failure("USAGE", "--env-file and --env-map belong together");
  }
  const map = parseEnvMap(pairs);
  return map instanceof Failure ? map : { path, map };
}

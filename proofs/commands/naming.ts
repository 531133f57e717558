/**
 * naming: the flags that name a database → the target and the witness's target.
 *
 * Shared by the commands that connect. Checks everything that can be checked before a connection is made.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { type EnvFile, parseEnvMap } from "../../src/kernel/conninfo/env-file.ts";
import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import type { Target } from "../../src/kernel/conninfo/target.ts";
import { Failure } from "../../src/kernel/failure.ts";

export type NamingFlags = {
  readonly embedded: boolean;
  readonly "witness-url": string | undefined;
  readonly "env-file": string | undefined;
  readonly "env-map": string | undefined;
};

export type NamedTargets = { readonly target: Target; readonly witnessTarget: Target | null };

export async function nameTargets(flags: NamingFlags, globals: Globals): Promise<NamedTargets | Failure> {
  const envFile = envFileOf(flags);
  if (envFile instanceof Failure) return envFile;
  const environment = process.env;
  const target = await resolveTarget({
    environment,
    ...(globals.url === undefined ? {} : { url: globals.url }),
    ...(globals.service === undefined ? {} : { service: globals.service }),
    ...(flags.embedded ? { embedded: true } : {}),
    ...(envFile === null ? {} : { envFile }),
  });
  if (target instanceof Failure) return target;
  const witnessUrl = flags["witness-url"];
  if (witnessUrl === undefined) return { target, witnessTarget: null };
  if (target.kind === "embedded") {
    return new Failure("USAGE", "--witness-url has no meaning with --embedded, which has one session");
  }
  const witnessTarget = await resolveTarget({ environment, url: witnessUrl, urlOption: "--witness-url" });
  return witnessTarget instanceof Failure ? witnessTarget : { target, witnessTarget };
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

/**
 * live-connections: the connections that a live or rehearsed run needs, by role, each named on its own.
 *
 * `--exec-url` and its like, else [connections.exec] and its like; never libpq's environment, which names one database
 * and one role. All are resolved before the first connection is made. Called by the verbs that run live phases.
 */
import type { Configuration } from "../kernel/conninfo/configuration.ts";
import { fileVariables } from "../kernel/conninfo/file-variables.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { boundSession } from "../kernel/session/bounds.ts";
import { openSession } from "../kernel/session/open.ts";
import type { Session } from "../kernel/session/session.ts";
import type { LiveRole } from "./role-flag.ts";

export type RoleUrls = { readonly [role in LiveRole as `${role}-url`]?: string | undefined };

/** USAGE where neither the command line nor the configuration names it. */
export async function roleTarget(
  role: LiveRole,
  urls: RoleUrls,
  { connections }: Pick<Configuration, "connections">,
): Promise<Target | Failure> {
  const url = urls[`${role}-url`];
  if (url !== undefined) return resolveTarget({ environment: process.env, url, urlOption: `--${role}-url` });
  const configured = connections[role];
  if (configured !== undefined) return resolveTarget({ environment: fileVariables(process.env), configured });
  return new Failure("USAGE", `no connection is named for the role ${role}`, {
    hint: `Give --${role}-url URL, or [connections.${role}] in the configuration.`,
  });
}

/** All of them, or why the first that cannot be had is not. */
export async function roleTargets<Role extends LiveRole>(
  roles: readonly Role[],
  urls: RoleUrls,
  configuration: Pick<Configuration, "connections">,
): Promise<{ readonly [role in Role]: Target } | Failure> {
  const targets: { [role in LiveRole]?: Target } = {};
  for (const role of roles) {
    const target = await roleTarget(role, urls, configuration);
    if (target instanceof Failure) return target;
    targets[role] = target;
  }
  return targets as { readonly [role in Role]: Target };
}
/** Ours comes after the server's, which the phases set. */
const LIVE_STATEMENT_MS = limits.phaseStatementTimeoutMs + limits.wallClockGraceMs;

/** A session that may write; it ends soon after its client did. */
export async function openRole(role: LiveRole, target: Target): Promise<Session | Failure> {
  const session = await openSession(target, { label: role, wallClockMs: LIVE_STATEMENT_MS });
  if (session instanceof Failure) return session;
  const bounded = await boundSession(session, "off");
  if (!(bounded instanceof Failure)) return session;
  await session.close();
  return bounded;
}

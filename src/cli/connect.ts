/**
 * connect: the database that the command line names → one open session, and the line that says which database it is.
 *
 * A result starts with that line; where there is none, since something failed, it is told on stderr. Called by the
 * schema verbs. The session is closed whatever the work does.
 */
import { NO_CONFIGURATION, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { boundSession } from "../kernel/session/bounds.ts";
import { openSession } from "../kernel/session/open.ts";
import type { Session } from "../kernel/session/session.ts";
import type { Globals } from "./command/command.ts";
import type { Terminal } from "./terminal.ts";

export type Naming = Pick<Globals, "url" | "service" | "config"> & { readonly embedded: "yes" | "no" };
export type Connected = { readonly session: Session /** Without a password. */; readonly database: string };

/** Runs `work` on a session of its own. */
export async function withSession<T>(
  { url, service, config, embedded }: Naming,
  terminal: Terminal,
  work: (connected: Connected) => Promise<T | Failure>,
): Promise<T | Failure> {
  const configuration = embedded === "yes" ? NO_CONFIGURATION : await readConfiguration(config, process.env);
  if (configuration instanceof Failure) return configuration;
  const { owner } = configuration.connections;
  const target = await resolveTarget({
    environment: process.env,
    ...(url === undefined ? {} : { url }),
    ...(service === undefined ? {} : { service }),
    ...(embedded === "yes" ? { embedded: true } : {}),
    ...(owner === undefined ? {} : { configured: owner }),
  });
  if (target instanceof Failure) return target;
  const database = describeTarget(target);
  const session = await openBounded(target);
  const result =
    session instanceof Failure ? session : await work({ session, database }).finally(() => session.close());
  if (result instanceof Failure) await terminal.talk(database);
  return result;
}

/** Read-only but for transactions that say otherwise. The embedded engine has no client that could be lost. */
async function openBounded(target: Target): Promise<Session | Failure> {
  const session = await openSession(target, { label: "schema" });
  if (session instanceof Failure || target.kind === "embedded") return session;
  const bounded = await boundSession(session, "on");
  if (!(bounded instanceof Failure)) return session;
  await session.close();
  return bounded;
}

/**
 * sessions: sessions of the sandbox's own on its throwaway server, each in the journal and closed whatever happens.
 *
 * The superuser is for building and for looking; scenarios log in as the roles themselves. Never on production: each
 * of the superuser's is asked first which server it came to. Called by the steps and the scenarios.
 */
import systemIdentifierQuery from "../../sql/guard/system-identifier.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import { openSession } from "../kernel/session/open.ts";
import type { Session } from "../kernel/session/session.ts";
import { type Login, SUPERUSER } from "./providers/provider.ts";
import { known, type Sandbox } from "./sandbox.ts";

export async function openLogin(sandbox: Sandbox, login: Login): Promise<Session | Failure> {
  const end = sandbox.journal.begin({ kind: "session", what: `${login.role} on ${login.database}` });
  const target = known(sandbox.server, "server").target(login);
  const named = target.kind === "server" ? { ...target, applicationName: `${sandbox.name} ${login.role}` } : target;
  const session = await openSession(named, { label: "sandbox" });
  end(session instanceof Failure ? session.code : "open");
  return session instanceof Failure || target.kind === "server" ? session : takeRole(session, login.role);
}

/** Nobody logs in to the embedded engine: its superuser becomes the role, for whom the server then judges. */
async function takeRole(session: Session, role: string): Promise<Session | Failure> {
  if (role === SUPERUSER) return session;
  const reply = await session.query(`SET SESSION AUTHORIZATION ${role}`);
  if (!(reply instanceof Failure)) return session;
  await session.close();
  return reply;
}

export async function withAdministrator<T>(
  sandbox: Sandbox,
  login: Login,
  work: (session: Session) => Promise<T | Failure>,
): Promise<T | Failure> {
  const session = await openLogin(sandbox, login);
  if (session instanceof Failure) return session;
  try {
    return (await refuseStranger(sandbox, session)) ?? (await work(session));
  } finally {
    await session.close();
  }
}

/** null where the server is the one that was started, as far as it said who it is. SANDBOX_IS_PRODUCTION. */
async function refuseStranger({ identifier }: Sandbox, session: Session): Promise<Failure | null> {
  if (identifier === null) return null;
  const reply = await session.query(systemIdentifierQuery);
  if (reply instanceof Failure) return reply;
  const seen = `${reply.rows[0]?.system_identifier}`;
  if (seen === identifier) return null;
  const message = `the connection leads to system identifier ${seen}, and the sandbox's server has ${identifier}`;
  return new Failure("SANDBOX_IS_PRODUCTION", message, { data: "Nothing was written over this connection." });
}

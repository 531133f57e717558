/**
 * sessions: sessions of the sandbox's own on its throwaway server, each in the journal and closed whatever happens.
 *
 * The superuser is for building and for looking; scenarios log in as the roles themselves. Never on production. Called
 * by the steps and the scenarios.
 */
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
  return session instanceof Failure ? session : work(session).finally(() => session.close());
}

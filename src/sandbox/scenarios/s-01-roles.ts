/**
 * S1: each role connects with its one-time password and is who it says; who has none, or a wrong one, does not get in.
 *
 * Asked of the server on a session of each role. Writes nothing.
 */
import { Failure } from "../../kernel/failure.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { LOGIN_ROLES } from "../roles.ts";
import { known } from "../sandbox.ts";
import type { Stage } from "../stage/stage.ts";
import { DATABASE } from "../words.ts";
import type { Scenario } from "./scenario.ts";

export const roles: Scenario = {
  id: "S1",
  title: "each role connects and is who it says",
  lines: LOGIN_ROLES.map((role) => `# SELECT session_user, current_user, … as ${role}`),
  needs: ["role logins"],
  async run(stage) {
    const mismatches: Mismatch[] = [];
    const seen: string[] = [];
    for (const role of LOGIN_ROLES) {
      const identity = await identityOf(stage, role);
      if (identity instanceof Failure) return identity;
      stage.say(`${role}: ${JSON.stringify(identity)}`);
      seen.push(`${identity.sessionRole} on ${identity.database}`);
      mismatches.push(
        ...expectEqual(`session_user of ${role}`, role, identity.sessionRole),
        ...expectEqual(`current_user of ${role}`, role, identity.role),
        ...expectEqual(`database of ${role}`, DATABASE, identity.database),
        ...expectEqual(`${role} is a superuser`, "no", identity.superuser ? "yes" : "no"),
        ...expectEqual(`system identifier for ${role}`, identifierOf(stage), identity.systemIdentifier),
      );
    }
    mismatches.push(
      ...expectEqual("cutter_exec with another password", "AUTHENTICATION_FAILED", await attempt(stage, "cutter_exec")),
      ...expectEqual("cutter_ro, which may not log in", "AUTHENTICATION_FAILED", await attempt(stage, "cutter_ro")),
    );
    const summary = `${seen.length} roles are who they say; a wrong password and a role without login are refused`;
    return { summary, facts: { roles: seen }, mismatches, predicted: {} };
  },
};

async function identityOf(stage: Stage, role: string) {
  const session = await stage.session(role);
  return session instanceof Failure ? session : inspectSession(session).finally(() => session.close());
}

function identifierOf({ sandbox }: Stage): string {
  return String(sandbox.gates.of("G-10")?.facts.sandbox);
}

/** With a password that nobody has. */
async function attempt({ sandbox }: Stage, role: string): Promise<string> {
  const target = known(sandbox.server, "server").target({ role, database: DATABASE });
  if (target.kind !== "server") return "it is no server";
  const hosts = target.hosts.map((host) => ({ ...host, password: "not the password" }));
  const session = await openSession({ ...target, hosts, passwordFile: null }, { label: "sandbox" });
  if (session instanceof Failure) return session.code;
  await session.close();
  return "it was let in";
}

/**
 * sources/live: the database that was named: read in one snapshot by a read-only session and by pg_dump, no more.
 *
 * Others write there, so what it holds is not compared; that it is the same server, that our sessions were given no
 * transaction id, that no other session of the sandbox came, and that its ledger has no run of the sandbox, is. Called
 * by C-03.
 */
import { childEnvironment } from "../../kernel/conninfo/child-environment.ts";
import { describeTarget } from "../../kernel/conninfo/describe.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { registerSecret } from "../../kernel/evidence/redaction.ts";
import { Failure } from "../../kernel/failure.ts";
import { writeNewPrivateFile } from "../../kernel/private-files/file.ts";
import type { Identity } from "../gates/before.ts";
import { canBeLookedFor } from "../measure/secrets.ts";
import type { Sandbox } from "../sandbox.ts";
import { type DatabaseParts, dumpDatabase, openReading, sessionNames, stateOf } from "./database.ts";
import type { LiveOrder } from "./order.ts";
import type { Source } from "./source.ts";
import { watchSessions } from "./watch.ts";

export async function liveSource(sandbox: Sandbox, order: LiveOrder): Promise<Source | Failure> {
  const target = hidePassword(sandbox, order.target);
  if (target instanceof Failure) return target;
  const environment = childEnvironment(target, process.env);
  const program = ([first = "pg_dump", ...words]: readonly string[]) =>
    ({ command: [first, ...words], environment }) as const;
  const parts: DatabaseParts = {
    ...{
      name: sandbox.name,
      target: order.target,
      database: order.target.database,
      pgDump: program(order.pgDump),
      pgRestore: program(order.pgRestore),
    },
    ...{ processes: sandbox.processes, journal: sandbox.journal, dump: sandbox.path("dump") },
  };
  const dumped = await dumpDatabase(parts);
  if (dumped instanceof Failure) return dumped;
  const before = await stateOf(parts, []);
  if (before instanceof Failure) return before;
  const names = sessionNames(sandbox.name);
  return {
    ...{
      ...dumped,
      kind: "live",
      dump: parts.dump,
      remarks: [...unsearched(order.target), ...asStandby(dumped.identity)],
      before,
      line: describeTarget(order.target),
    },
    state: () => stateOf(parts, []),
    recorded: () => [names.read, names.dump, names.look],
    watch: async () => {
      const session = await openReading(parts, names.look);
      return session instanceof Failure ? session : watchSessions(session, sandbox.name);
    },
  };
}

/** For pg_dump: in a private file of the sandbox, and not in an environment; from then on it is looked for. */
function hidePassword(sandbox: Sandbox, target: ServerTarget): ServerTarget | Failure {
  const passwords = new Set(target.hosts.flatMap(({ password }) => (password === null ? [] : [password])));
  for (const password of passwords) {
    registerSecret(password);
    if (canBeLookedFor(password)) sandbox.secrets.add("password of the live connection", password);
  }
  const [only, ...others] = passwords;
  // Several come from a file already, and stay there.
  if (only === undefined || others.length > 0) return target;
  const file = sandbox.path("keys", "live.pgpass");
  const failed = writeNewPrivateFile(file, `*:*:*:${escaped(target.user)}:${escaped(only)}\n`);
  if (failed !== null) return failed;
  sandbox.homes.push(file);
  return { ...target, hosts: target.hosts.map((host) => ({ ...host, password: null })), passwordFile: file };
}

/** Manual, "The Password File". */
function escaped(field: string): string {
  return field.replaceAll(/[\\:]/g, "\\$&");
}

/** Which server is the primary it does not say; and nobody connects to one that was not named. */
function asStandby({ server }: Identity): readonly string[] {
  if (server !== "standby") return [];
  return [
    "production was asked on a hot standby: its primary, which is production too, was not asked who came there; of " +
      "what was written there G-17 sees what the standby had received by then",
  ];
}

function unsearched({ hosts }: ServerTarget): readonly string[] {
  const short = hosts.some(({ password }) => password !== null && !canBeLookedFor(password));
  return short ? ["the password of the live connection is too short to be looked for in files (G-18, G-23)"] : [];
}

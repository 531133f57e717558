/**
 * sources/live: the database that was named: read in one snapshot by a read-only session and by pg_dump, no more.
 *
 * Others write there, so what it holds is not compared; that it is the same server, that our sessions were given no
 * transaction id, that no other session of the sandbox came, and that its ledger has no run of the sandbox, is. Called
 * by C-03.
 */
import { childEnvironment } from "../../kernel/conninfo/child-environment.ts";
import { describeTarget } from "../../kernel/conninfo/describe.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Sandbox } from "../sandbox.ts";
import { type DatabaseParts, dumpDatabase, openReading, sessionNames, stateOf } from "./database.ts";
import type { LiveOrder } from "./order.ts";
import type { Source } from "./source.ts";
import { watchSessions } from "./watch.ts";

export async function liveSource(sandbox: Sandbox, order: LiveOrder): Promise<Source | Failure> {
  const environment = childEnvironment(order.target, process.env);
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
    ...{ ...dumped, kind: "live", dump: parts.dump, before, line: describeTarget(order.target) },
    state: () => stateOf(parts, []),
    recorded: () => [names.read, names.dump, names.look],
    watch: async () => {
      const session = await openReading(parts, names.look);
      return session instanceof Failure ? session : watchSessions(session, sandbox.name);
    },
  };
}

/**
 * stock: a database with one table of ten rows and the role that owns it, and ways to see that nothing happened to it.
 *
 * `state()` is everything a leak would change; `gone()` waits until no backend of anybody is left in the database.
 * Looks are taken from another database, so that they are never taken for a backend of the program. Used by the fault
 * tests.
 */
import { createDatabase, psqlOn, type TestDatabase, testServer } from "../database/database.ts";
import { psqlProgram, type Server, TEST_PASSWORD } from "../database/server.ts";

export const OWNER = "fault_owner";
const HOLDER = "holder";
const POLL_MS = 10;
const PATIENCE_MS = 10_000;

export type Stock = TestDatabase & {
  /** Rows and relations, as text. */
  state(): string;
  /** Backends in the database now, one line each. */
  backends(): string;
  /** Milliseconds until no backend was left; throws when some are after `withinMs`. */
  gone(withinMs: number): Promise<number>;
  /** Statements in a transaction that a psql keeps open, never counted above; the answer ends it. */
  hold(statements: string): Promise<() => Promise<void>>;
  /** Resolves when a backend is as the condition on pg_stat_activity says; answers its pid. */
  seen(condition: string): Promise<number>;
};

/** The suite's server of its first version, for faults that are the same on every version. */
export function anyServer(): Promise<Server> {
  return testServer(15);
}

export async function makeStock(server: Server): Promise<Stock> {
  const database = await createDatabase(server, { template: "empty" });
  database.psql(`
    DO $$ BEGIN CREATE ROLE ${OWNER} LOGIN PASSWORD '${TEST_PASSWORD}';
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
    CREATE TABLE public.stock (id int PRIMARY KEY, amount int NOT NULL);
    INSERT INTO public.stock SELECT g, g FROM generate_series(1, 10) AS g;
    ALTER TABLE public.stock OWNER TO ${OWNER};
    GRANT CREATE ON SCHEMA public TO ${OWNER};`);
  return withLooks(database);
}

function withLooks(database: TestDatabase): Stock {
  const { server, name } = database;
  const activity = (what: string, condition: string): string =>
    psqlOn(
      server,
      "postgres",
      `SELECT ${what} FROM pg_stat_activity
        WHERE datname = '${name}' AND backend_type = 'client backend'
          AND application_name <> '${HOLDER}' AND ${condition}`,
    );
  const backends = (): string => activity("pid, application_name, state, wait_event, left(query, 60)", "true");
  return {
    ...database,
    state: () => database.psql("SELECT * FROM stock ORDER BY id; SELECT relname FROM pg_class ORDER BY oid"),
    backends,
    async gone(withinMs) {
      const start = performance.now();
      for (let left = backends(); left !== ""; left = backends()) {
        if (performance.now() - start > withinMs) throw new Error(`after ${withinMs} ms these are left:\n${left}`);
        await Bun.sleep(POLL_MS);
      }
      return performance.now() - start;
    },
    hold: (statements) => holdOn(database, statements),
    async seen(condition) {
      const start = performance.now();
      for (let pid = ""; performance.now() - start < PATIENCE_MS; await Bun.sleep(POLL_MS)) {
        pid = activity("pid", condition).split("\n")[0] ?? "";
        if (pid !== "") return Number(pid);
      }
      throw new Error(`no backend is seen with ${condition}; there are:\n${backends()}`);
    },
  };
}

/** A transaction of another session, which has done these statements; what is answered ends it. */
export async function holdOn(database: TestDatabase, statements: string): Promise<() => Promise<void>> {
  const script = `SET application_name = '${HOLDER}'; BEGIN; ${statements}; \\echo held\n`;
  const psql = Bun.spawn([psqlProgram(), "-qXAt", database.socketUrl()], { stdin: "pipe", stdout: "pipe" });
  psql.stdin.write(script);
  await psql.stdin.flush();
  await psql.stdout.getReader().read();
  return async () => {
    psql.stdin.write("ROLLBACK;\n");
    await psql.stdin.end();
    await psql.exited;
  };
}

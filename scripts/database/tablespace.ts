/**
 * database/tablespace: a table in another tablespace than its database, for tests of what is restored elsewhere.
 *
 * On a server of tests only. The tablespace is the cluster's, so it goes after the database. Called by tests.
 */
import { psqlOn, type TestDatabase } from "./database.ts";

/** `drop` once the database is gone. */
export function tableElsewhere(database: TestDatabase): { drop(): void } {
  const name = `elsewhere_${process.pid}`;
  // In place: a directory of the server's own, which its account can make.
  database.psql(`SET allow_in_place_tablespaces = on;\nCREATE TABLESPACE ${name} LOCATION '';`);
  database.psql(`CREATE TABLE public.test_elsewhere (i int) TABLESPACE ${name};
    ALTER TABLE public.test_elsewhere OWNER TO workflow_admin`);
  return { drop: () => psqlOn(database.server, "postgres", `DROP TABLESPACE ${name}`) };
}

/**
 * file-variables: of the environment, where libpq's own files lie and what a session calls itself; no database's name.
 *
 * For a connection that the configuration names: its service and its password may stand in files of the person who runs
 * the program, but PGHOST or PGUSER of a shell must not change what it means. PGAPPNAME changes nothing but how the
 * server calls the session: a sandbox knows its own by it, wherever they come. Called by the verbs that open those.
 */
import type { Environment } from "./naming.ts";

const VARIABLES = ["HOME", "PGSERVICEFILE", "PGSYSCONFDIR", "PGPASSFILE", "PGAPPNAME"] as const;

export function fileVariables(environment: Environment): Environment {
  const given = VARIABLES.filter((name) => environment[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, environment[name]]));
}

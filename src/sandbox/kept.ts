/**
 * kept: with --keep: how to use the server that stays, and how to remove it.
 *
 * The password is in a private file that the connection names, never in a line. Pure. Called by run.ts.
 */
import { known, type Sandbox } from "./sandbox.ts";
import { DATABASE } from "./words.ts";

/** What that role may read. */
const COUNTED = "--relations public.information_unit --relations public.unit_version";

export function keptLines(sandbox: Sandbox): readonly string[] {
  const server = known(sandbox.server, "server");
  const url = (role: string): string => `'${server.url({ role, database: DATABASE })}'`;
  return [
    `cutter proof rollback --url ${url("cutter_exec")}`,
    `cutter dryrun --survey --url ${url("context_pack_readonly")}`,
    `cutter proof counts ${COUNTED} --url ${url("context_pack_readonly")}`,
    `psql ${url("workflow_admin")}`,
    `# to remove it: Ctrl-C, or kill ${process.pid}; where that process is gone: cutter sandbox sweep`,
  ];
}

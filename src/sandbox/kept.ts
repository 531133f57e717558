/**
 * kept: with --keep: how to use the server that stays, and how to remove it.
 *
 * The password is in a private file that the connection names, never in a line. What the commands keep goes where the
 * sandbox's own evidence is, and the sweep looks there for its record. Pure. Called by run.ts.
 */
import { known, type Sandbox } from "./sandbox.ts";
import { DATABASE } from "./words.ts";

/** What that role may read. */
const COUNTED = "--relations public.information_unit --relations public.unit_version";

export function keptLines(sandbox: Sandbox): readonly string[] {
  const server = known(sandbox.server, "server");
  const url = (role: string): string => `'${server.url({ role, database: DATABASE })}'`;
  const state = `--state-dir ${quoted(sandbox.order.stateDirectory)}`;
  return [
    `cutter proof rollback --url ${url("cutter_exec")} ${state}`,
    `cutter dryrun --survey --url ${url("context_pack_readonly")} ${state}`,
    `cutter proof counts ${COUNTED} --url ${url("context_pack_readonly")} ${state}`,
    `psql ${url("workflow_admin")}`,
    `# to remove it: Ctrl-C, or kill ${process.pid}; where that process is gone: cutter sandbox sweep ${state}`,
  ];
}

/** As a shell reads it. */
function quoted(path: string): string {
  return /^[A-Za-z0-9_./:=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

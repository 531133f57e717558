/**
 * backup/versions: whether pg_dump is new enough for a server.
 *
 * An older one refuses halfway or leaves out what it does not know; it is refused before anything is read. Called by
 * make.ts.
 */
import type { Failure } from "../../kernel/failure.ts";
import { refuseBackup } from "./refusal.ts";
import { askTool, type ToolOrder } from "./tool.ts";

/** What the program says of itself, e.g. `pg_dump (PostgreSQL) 15.18 (Debian …)`. */
export async function checkDumpVersion(dump: ToolOrder, serverVersionNumber: number): Promise<string | Failure> {
  const answer = await askTool({ ...dump, command: [...dump.command, "--version"] });
  if ("reason" in answer) return refuseBackup(answer.reason);
  const version = answer.output.trim();
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
  const server = Math.floor(serverVersionNumber / VERSIONS_PER_MAJOR);
  if (Number.isNaN(major)) return refuseBackup(`${dump.command[0]} does not say that it is pg_dump`);
  if (major >= server) return version;
  return refuseBackup(`pg_dump is of version ${major} and the server of version ${server}, which it cannot dump`);
}

const VERSIONS_PER_MAJOR = 10_000;

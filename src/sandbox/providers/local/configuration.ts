/**
 * local/configuration: the three files that say how a local server behaves and whom it lets in.
 *
 * They lie beside the data directory and belong to us, so that no SQL of the server's superuser changes them; what
 * closes the server to networks stands on its command line besides, which ALTER SYSTEM cannot override. The superuser
 * is whom the kernel says sits at the other end of the socket (peer): the user that runs cutter, with no password at
 * all; every other role needs one (SCRAM). Called by local.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import type { Account } from "../account.ts";
import type { Place } from "../place.ts";
import { SUPERUSER } from "../provider.ts";
import { BASE_SETTINGS } from "../server-settings.ts";
import { PORT } from "../socket-target.ts";

/** Words behind `postgres`. */
export function serverWords({ home, data, socket }: Place): readonly string[] {
  const closed = { listen_addresses: "", unix_socket_directories: socket, port: `${PORT}`, ssl: "off" };
  const files = { config_file: join(home, "server.conf"), hba_file: join(home, "hba.conf") };
  const all = { ...files, ident_file: join(home, "ident.conf"), ...closed };
  return ["-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

export function writeConfiguration(
  { home }: Place,
  account: Account,
  settings: Readonly<Record<string, string>>,
): Failure | null {
  const lines = Object.entries({ ...BASE_SETTINGS, ...settings }).map(([name, value]) => `${name} = ${quoted(value)}`);
  const access = [`local all ${SUPERUSER} peer map=cutter`, "local all all scram-sha-256"];
  const map = [`cutter "${account.caller.replaceAll('"', '""')}" ${SUPERUSER}`];
  const files = { "server.conf": lines, "hba.conf": access, "ident.conf": map };
  try {
    // The server's user goes through, and reads the files by name; others find two closed directories.
    fs.chmodSync(home, account.is === "dropped" ? 0o711 : 0o700);
    for (const [name, content] of Object.entries(files)) {
      fs.writeFileSync(join(home, name), `${content.join("\n")}\n`, { flag: "wx", mode: 0o600 });
      if (account.is === "dropped") fs.chmodSync(join(home, name), 0o644);
    }
    return null;
  } catch (error) {
    const facts = { path: home, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`write into ${home}`, error), { facts, cause: error });
  }
}

function quoted(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n")}'`;
}

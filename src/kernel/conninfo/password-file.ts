/**
 * password-file: the password of a host, port, database and role from .pgpass, matched as libpq matches.
 *
 * As libpq, it ignores a file that others may read, and says so in a remark. A file that was named must be readable.
 * Only the password that is used leaves this file, registered as a secret. Source: manual, "The Password File".
 * Called by server-target.ts.
 */
import { join } from "node:path";
import { registerSecret } from "../evidence/redaction.ts";
import { Failure } from "../failure.ts";
import { fileState, readCredentialFile } from "./credential-file.ts";

export type PasswordFile = { readonly lines: readonly string[]; readonly remark: string | null };

/** The folder that a host name of `localhost` also stands for in a password file. */
export const DEFAULT_SOCKET_DIRECTORY = "/var/run/postgresql";

const OTHERS = 0o077;

/** Null where there is no home folder to look in. */
export function passwordFilePath(named: string | null, homeDirectory: string | null): string | null {
  return named ?? (homeDirectory === null ? null : join(homeDirectory, ".pgpass"));
}

/** `presence`: a file that was named must be there. A file that is ignored has no lines and a remark. */
export async function readPasswordFile(
  path: string | null,
  presence: "needed" | "optional",
): Promise<PasswordFile | Failure> {
  if (path === null) return { lines: [], remark: null };
  const state = await fileState(path);
  if (state.is === "absent" && presence === "optional") return { lines: [], remark: null };
  if (state.is === "not-plain") return { lines: [], remark: `The password file ${path} is ignored: not a plain file.` };
  if (state.is === "plain" && (state.mode & OTHERS) !== 0) {
    return { lines: [], remark: `The password file ${path} is ignored: others may read it; make it 0600.` };
  }
  const text = await readCredentialFile(path, "password file");
  return text instanceof Failure ? text : { lines: text.split("\n"), remark: null };
}

export type PasswordQuery = {
  /** Host name, or hostaddr where there is none. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
};

/** The password of the first line that fits, or null. An empty one counts as none. */
export function findPassword(lines: readonly string[], query: PasswordQuery): string | null {
  const host = query.host === DEFAULT_SOCKET_DIRECTORY ? "localhost" : query.host;
  const wanted = [host, `${query.port}`, query.database, query.user];
  for (const raw of lines) {
    const line = raw.replace(/\r+$/, "");
    if (line.startsWith("#")) continue;
    const rest = afterMatches(line, wanted);
    if (rest === null) continue;
    const password = /^(?:\\[\s\S]|[^:])*/.exec(rest)?.[0].replace(/\\([\s\S])/g, "$1") ?? "";
    registerSecret(password);
    return password === "" ? null : password;
  }
  return null;
}

function afterMatches(line: string, wanted: readonly string[]): string | null {
  let rest: string | null = line;
  for (const token of wanted) rest = rest === null ? null : afterField(rest, token);
  return rest;
}

/** What follows the field, or null where it does not fit. As in libpq, `::1` fits with and without backslashes. */
function afterField(line: string, token: string): string | null {
  if (line.startsWith("*:")) return line.slice(2);
  let position = 0;
  for (const character of token) {
    if (line[position] === "\\") position += 1;
    if (!line.startsWith(character, position)) return null;
    position += character.length;
  }
  return line[position] === ":" ? line.slice(position + 1) : null;
}

/**
 * readable-names: refuses a database whose names cannot be read: bytes that are not UTF-8, in a database of SQL_ASCII.
 *
 * There the server converts nothing and stores what it was sent, and it ends every statement that would send us such a
 * name (22021) without saying which. Any other encoding is converted by the server. Reads only. Called by PROOF-3.
 */
import namesBeyondAscii from "../../../sql/guard/names-beyond-ascii.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Row, Session } from "../session/session.ts";
import { pinned } from "./pinned.ts";

/** TARGET_NAMES_UNREADABLE with the names, each byte that is not UTF-8 as `\xe9`; null where all can be read. */
export async function refuseUnreadableNames(session: Session, encoding: string): Promise<Failure | null> {
  if (encoding !== "SQL_ASCII") return null;
  const reply = await pinned(session, () => session.query(namesBeyondAscii, [`${limits.catalogRows}`]));
  if (reply instanceof Failure) return reply;
  const unreadable = reply.rows.filter(({ schema, name }) => [schema, name].some((hex) => !isUtf8(bytesOf(hex))));
  if (unreadable.length === 0) return null;
  const names = unreadable.map(describe);
  const more = names.length > limits.namedInRemark ? ` and ${names.length - limits.namedInRemark} more` : "";
  const message = `names that are not UTF-8: ${names.slice(0, limits.namedInRemark).join(", ")}${more}`;
  return new Failure("TARGET_NAMES_UNREADABLE", message, { facts: { names } });
}

function describe({ what, oid, schema, name }: Row): string {
  return `${what} ${shown(bytesOf(schema))}.${shown(bytesOf(name))} (oid ${oid})`;
}

function bytesOf(hex: string | null | undefined): Buffer {
  return Buffer.from(hex ?? "", "hex");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function shown(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  return [...bytes]
    .map((byte) => (byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`))
    .join("");
}

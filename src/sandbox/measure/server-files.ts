/**
 * measure/server-files: the data directory of a server that lies in a container, where only the server reads it.
 *
 * Asked of the server as its superuser, file by file and piece by piece, and searched here: a secret goes into no
 * statement. Its log is told nothing of it. What says that it is larger than the container's memory, and what is left
 * once the time is over, is told as not searched. Reads only. Called by the step C-11.
 */
import serverFiles from "../../../sql/sandbox/server-files.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";
import { haltOf, type Searched } from "./search-tree.ts";
import type { Secrets } from "./secrets.ts";

const MOST_BYTES = limits.containerMemoryMegabytes * 1024 * 1024;

export async function searchServer(session: Session, secrets: Secrets): Promise<Searched | Failure> {
  const quiet = await session.query("SET log_statement = 'none'");
  const listed = quiet instanceof Failure ? quiet : await session.query(serverFiles);
  if (listed instanceof Failure) return listed;
  const [found, unread]: [string[], string[]] = [[], []];
  const halted = haltOf({});
  let [files, bytes] = [0, 0];
  for (const { path, size } of listed.rows) {
    if (halted() !== null) break;
    if (Number(size) > MOST_BYTES) {
      unread.push(`${path} of the server: ${size} bytes, which is more than it can have`);
      continue;
    }
    const searched = await searchFile(session, secrets, { path: path ?? "", size: Number(size) });
    if (searched instanceof Failure) return searched;
    files += 1;
    bytes += searched.bytes;
    for (const name of searched.names) found.push(`${name} in ${path} of the server`);
  }
  const why = halted();
  return { files, bytes, found, unread: why === null ? unread : [...unread, `what is left of the server: ${why}`] };
}

type File = { readonly path: string; readonly size: number };

/** Pieces overlap, so that no secret is cut in two between them. */
async function searchFile(session: Session, secrets: Secrets, { path, size }: File) {
  const names = new Set<string>();
  let bytes = 0;
  while (bytes < size) {
    const from = Math.max(0, bytes - secrets.overlap);
    const reading = "SELECT pg_catalog.encode(pg_catalog.pg_read_binary_file($1, $2, $3, true), 'base64') AS piece";
    const reply = await session.query(reading, [path, `${from}`, `${limits.digestChunkBytes}`]);
    if (reply instanceof Failure) return reply;
    const piece = Buffer.from(reply.rows[0]?.piece ?? "", "base64");
    for (const name of secrets.inBytes(piece)) names.add(name);
    // Nothing more came: it was cut off or taken away meanwhile.
    if (from + piece.byteLength <= bytes) break;
    bytes = from + piece.byteLength;
  }
  return { bytes, names };
}

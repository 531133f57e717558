/**
 * integrity/entry: what stands under one name: its type, mode, owner, and the digest of what is in it.
 *
 * Never follows a link and never opens anything but a regular file: opening a FIFO waits, opening a device may act.
 * What cannot be read stays in the manifest, with the reason. Called by integrity.ts for each name of a tree.
 */
import { type BigIntStats, constants } from "node:fs";
import * as fs from "node:fs/promises";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { octal } from "../../kernel/private-files/file.ts";
import { type DigestBounds, digestFile } from "../file-digest.ts";
import { nameText } from "./name-text.ts";

export type EntryType =
  | "file"
  | "directory"
  | "link"
  | "FIFO"
  | "socket"
  | "character device"
  | "block device"
  /** There is nothing: only said of the tree itself. */
  | "absent"
  /** There is something that may not even be looked at. */
  | "unknown";

/** Why an entry proves less than it should. */
export type Gap = { readonly state: "not read" | "changed while it was read"; readonly detail: string };

export type TreeEntry = {
  /** Below the tree, with `/`; `.` is the tree itself. Bytes that are no UTF-8 as `\xff`, a backslash as `\\`. */
  readonly path: string;
  readonly type: EntryType;
  /** Four octal digits, and numbers of user and group: `0644`, `0:0`; null where they could not be seen. */
  readonly mode: string | null;
  readonly owner: string | null;
  /** Of a file: its size, and the SHA-256 of its content in hex; null where it was not read. */
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** Of a link what it points to, of a device its number; else null. */
  readonly target: string | null;
  /** When it was last modified, nanoseconds since 1970 in decimal: only where the content could not be read. */
  readonly modifiedAt: string | null;
  readonly gap: Gap | null;
};

/** Where an entry is on the disk, and what it is called in the manifest. */
export type Place = { readonly bytes: Buffer; readonly path: string };

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

const BARE = { bytes: null, sha256: null, target: null, modifiedAt: null, gap: null };

/** Never fails: what cannot be seen is an entry that says so. Of a directory only the directory itself. */
export async function readEntry(place: Place, bounds: DigestBounds): Promise<TreeEntry> {
  let status: BigIntStats;
  try {
    status = await fs.lstat(place.bytes, { bigint: true });
  } catch (error) {
    return unseen(place, errnoOf(error));
  }
  const entry: TreeEntry = { ...BARE, path: place.path, ...ownership(status), type: typeOf(status) };
  switch (entry.type) {
    case "file":
      return readContent(place, { entry, status, bounds });
    case "link":
      return readTarget(place, entry);
    case "character device":
    case "block device":
      return { ...entry, target: `device ${status.rdev}` };
    default:
      return entry;
  }
}

/** What it lacked is said; what is known of when it changed is kept, so that a change is not missed for that. */
export function withGap(entry: TreeEntry, gap: Gap, modifiedAt: bigint): TreeEntry {
  return { ...entry, gap, modifiedAt: gap.state === "not read" ? `${modifiedAt}` : null };
}

/** A tree that is not there is known; a name that goes while its directory is read is not. */
function unseen({ path }: Place, errno: string): TreeEntry {
  const type = path === "." && errno === "ENOENT" ? "absent" : "unknown";
  const gone = type === "unknown" && errno === "ENOENT";
  const gap: Gap = { state: gone ? "changed while it was read" : "not read", detail: gone ? "it vanished" : errno };
  return { ...BARE, path, type, mode: null, owner: null, gap };
}

function ownership({ mode, uid, gid }: BigIntStats): Pick<TreeEntry, "mode" | "owner"> {
  return { mode: octal(Number(mode)), owner: `${uid}:${gid}` };
}

function typeOf(status: BigIntStats): EntryType {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "directory";
  if (status.isSymbolicLink()) return "link";
  if (status.isFIFO()) return "FIFO";
  if (status.isSocket()) return "socket";
  if (status.isCharacterDevice()) return "character device";
  return status.isBlockDevice() ? "block device" : "unknown";
}

type Seen = { readonly entry: TreeEntry; readonly status: BigIntStats; readonly bounds: DigestBounds };

async function readContent(place: Place, { entry, status, bounds }: Seen): Promise<TreeEntry> {
  const sized = { ...entry, bytes: Number(status.size) };
  const unread = (detail: string): TreeEntry => withGap(sized, { state: "not read", detail }, status.mtimeNs);
  let file: fs.FileHandle;
  try {
    // O_NONBLOCK: what was a file a moment ago may be a FIFO now.
    file = await fs.open(place.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    return unread(errnoOf(error));
  }
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile() || before.ino !== status.ino || before.dev !== status.dev) return unread("it was replaced");
    const digest = await digestFile({ file, before }, bounds);
    if (typeof digest === "string") return unread(digest);
    const { bytes, sha256, during } = digest;
    const gap: Gap | null = during === "steady" ? null : { state: during, detail: "it was written to" };
    return { ...sized, bytes, sha256, gap };
  } catch (error) {
    return unread(errnoOf(error));
  } finally {
    await file.close();
  }
}

async function readTarget(place: Place, entry: TreeEntry): Promise<TreeEntry> {
  try {
    return { ...entry, target: nameText(await fs.readlink(place.bytes, { encoding: "buffer" })) };
  } catch (error) {
    return { ...entry, gap: { state: "not read", detail: errnoOf(error) } };
  }
}

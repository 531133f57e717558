/**
 * local/closed: the words that start a local server where it can connect to nothing: no network, no other's socket.
 *
 * A network namespace leaves the unix sockets of this machine within reach, by their paths; so the server also gets a
 * root directory that holds programs and /etc, read-only, and its own directory, of which it may write to its data and
 * its socket's. Processes of the same user could be signalled, and their sockets taken; so it sees none but its own.
 * What restored code does there (dblink, COPY TO PROGRAM) stays there, and ends with it. Called by local.ts; what came
 * of it is measured by outward.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { askTool, findTool } from "../../../readiness/service-state/tool.ts";
import type { Account } from "../account.ts";
import type { Place } from "../place.ts";

/**
 * unshare(1): namespaces of its own; whoever is not root needs one of users too, in which it is nobody else. What is
 * started dies with unshare, which dies with us, and so does all that it starts: its namespace of processes ends.
 */
function unshareWords({ is }: Account): readonly [string, ...string[]] {
  const users = is === "ours" ? ["--user", "--map-current-user", "--keep-caps"] : [];
  const own = ["--mount", "--net", "--ipc", "--pid", "--fork", "--kill-child", "--propagation", "private"];
  return ["setpriv", "--pdeathsig", "KILL", "unshare", ...users, ...own];
}

/** Where Debian has pivot_root and others; not in PATH of who logs in there as an ordinary user. */
const SYSTEM_FOLDERS = ":/usr/sbin:/sbin";

/**
 * $1 an empty directory, $2 its own directory, $3 the folder of its programs; then the command. Only its data, its
 * socket's directory, what is in memory, and a few devices can be written to: each mount that came with the others is
 * made read-only for itself, with the options that it has. One that does not let itself be made so is seen by
 * outward.ts.
 */
const CLOSE = `set -eu
PATH=\${PATH:-/usr/bin:/bin}${SYSTEM_FOLDERS}
root=$1 home=$2 programs=$3
shift 3
mount -t tmpfs -o mode=0755,size=1m closed "$root"
cd "$root"
see() { mkdir -p ".$1"; mount --rbind "$1" ".$1"; }
for path in /usr /etc /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L "$path" ]; then cp -P "$path" ".$path"; elif [ -d "$path" ]; then see "$path"; fi
done
case $programs in
  /usr/*) ;;
  *) for beside in bin lib lib64 share; do
    path=$(dirname "$programs")/$beside
    if [ -d "$path" ]; then see "$path"; fi
  done ;;
esac
mkdir -p ".$home"
mount --bind "$home" ".$home"
seen=$(pwd -P)
cat /proc/self/mountinfo | while read -r id parent device from point options more; do
  point=$(printf %b "$point")
  case $point in "$seen"/*) mount -o "remount,bind,$options,ro" "$point" || : ;; esac
done
for own in data s; do mount --bind "$home/$own" ".$home/$own"; done
mkdir -p dev tmp proc old
for device in null zero random urandom; do : > "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
mkdir dev/shm
mount -t tmpfs -o mode=1777 closed dev/shm
chmod 1777 tmp
mount -t proc closed proc
pivot_root . old
cd /
umount -l /old
rmdir /old
exec "$@"`;

export type Closing = { readonly account: Account; readonly place: Place; readonly programs: string };

/** `command` still has to drop what the namespace of users gave it: `asAccount` does. */
export function closedWords({ account, place, programs }: Closing, command: readonly string[]): readonly string[] {
  const words = [place.root, place.home, programs, ...command];
  return [...unshareWords(account), "/bin/sh", scriptOf(place), ...words];
}

/** FILE_WRITE_FAILED. In the server's directory, where it is ours. */
export function writeClosing(place: Place): Failure | null {
  const path = scriptOf(place);
  try {
    fs.writeFileSync(path, `${CLOSE}\n`, { flag: "wx", mode: 0o600 });
    return null;
  } catch (error) {
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`write ${path}`, error), { facts, cause: error });
  }
}

function scriptOf({ home }: Place): string {
  return join(home, "close.sh");
}

/** Why this system does not let us close a server; null where it does. The mount dies with its process. */
export async function whyNotClosable(account: Account): Promise<string | null> {
  const environment = { PATH: `${process.env.PATH ?? "/usr/bin:/bin"}${SYSTEM_FOLDERS}` };
  const missing = ["setpriv", "unshare", "mount", "umount", "pivot_root"].find(
    (name) => findTool(name, environment) === null,
  );
  if (missing !== undefined) return `${missing} (of util-linux) is not installed`;
  const words = ["/bin/sh", "-c", "mount -t proc closed /proc && mount -t tmpfs closed /tmp"];
  const answer = await askTool([...unshareWords(account), ...words], { environment });
  return "reason" in answer ? answer.reason : null;
}

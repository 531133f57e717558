/**
 * local/closed: the words that start a local server where it can connect to nothing: no network, no other's socket.
 *
 * A network namespace leaves the unix sockets of this machine within reach, by their paths; so the server also gets a
 * root directory that holds programs, /etc and its own directory, and nothing else: no /run, no /tmp of ours, no /proc.
 * What restored code does there (dblink, a foreign server, COPY TO PROGRAM) stays there. The process keeps its number
 * and its log. Called by local.ts; what came of it is measured by outward.ts.
 */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { askTool, findTool } from "../../../readiness/service-state/tool.ts";
import type { Account } from "../account.ts";
import type { Place } from "../place.ts";

/** unshare(1): namespaces of its own; whoever is not root needs one of users too, in which it is nobody else. */
function unshareWords({ is }: Account): readonly [string, ...string[]] {
  const users = is === "ours" ? ["--user", "--map-current-user", "--keep-caps"] : [];
  return ["unshare", ...users, "--mount", "--net", "--ipc", "--propagation", "private"];
}

/**
 * $1 an empty directory, $2 and $3 what is seen besides programs; then the command. /proc is there as long as umount(8)
 * needs it; below it, what the loader finds libraries by is left: the process itself, which keeps its number.
 */
const CLOSE = `set -eu
root=$1 home=$2 programs=$3
shift 3
mount -t tmpfs -o mode=0755,size=1m closed "$root"
cd "$root"
see() { mkdir -p ".$1"; mount --rbind "$1" ".$1"; }
for path in /usr /etc /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L "$path" ]; then cp -P "$path" ".$path"; elif [ -d "$path" ]; then see "$path"; fi
done
case $programs in /usr/*) ;; *) see "$programs" ;; esac
see "$home"
mkdir -p dev tmp proc/self old
for device in null zero random urandom; do : > "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
mkdir dev/shm
mount -t tmpfs -o mode=1777 closed dev/shm
chmod 1777 tmp
mount --bind "/proc/$$" proc/self
mount --rbind /proc proc
pivot_root . old
cd /
umount -l /old
rmdir /old
umount -l /proc
exec "$@"`;

export type Closing = { readonly account: Account; readonly place: Place; readonly programs: string };

/** `command` still has to drop what the namespace of users gave it: `asAccount` does. */
export function closedWords({ account, place, programs }: Closing, command: readonly string[]): readonly string[] {
  const words = [place.root, place.home, dirname(programs), ...command];
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
  const missing = ["unshare", "mount", "umount", "pivot_root"].find((name) => findTool(name, process.env) === null);
  if (missing !== undefined) return `${missing} (of util-linux) is not installed`;
  const words = ["/bin/sh", "-c", "mount -t tmpfs closed /tmp"];
  const answer = await askTool([...unshareWords(account), ...words], { environment: { PATH: process.env.PATH } });
  return "reason" in answer ? answer.reason : null;
}

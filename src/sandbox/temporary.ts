/**
 * temporary: where the second directory of a sandbox lies: below a short path, since sockets lie in it.
 *
 * GnuPG's agent and a relay have sockets there, and a path too long for one is cut off or refused by the system. TMPDIR
 * where that will do, else /tmp or /var/tmp; a TMPDIR that is not there is told, not passed over. Makes nothing. Called
 * by the steps C-01 and C-02.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { checkWay } from "../kernel/private-files/directory.ts";
import { failedCall } from "../kernel/private-files/errno.ts";
import { derivedNames } from "./leftovers/record.ts";

/** The path that it has, without links. CONFIG_INVALID. */
export function temporaryPath(sandbox: string, named = tmpdir()): string | Failure {
  const first = usable(named, sandbox);
  if (!(first instanceof Failure)) return first;
  // What somebody named by mistake is told, and not passed over.
  const mistaken = !fs.existsSync(named) || !fs.statSync(named).isDirectory();
  const others = mistaken ? [] : ["/tmp", "/var/tmp"].map((base) => usable(base, sandbox));
  return others.find((one) => typeof one === "string") ?? first;
}

function usable(base: string, sandbox: string): string | Failure {
  try {
    const real = fs.realpathSync(base);
    if (!fs.statSync(real).isDirectory()) return unusable(`${base} is not a directory`);
    const path = join(real, derivedNames(sandbox).temporary);
    const bytes = Buffer.byteLength(join(path, GNUPG));
    if (bytes > limits.gnupgHomeBytes) return unusable(`${path} is too long for the sockets of gpg's agent`);
    const open = checkWay(real);
    return open === null ? path : unusable(open.message);
  } catch (cause) {
    return unusable(failedCall(`use ${base}`, cause), cause);
  }
}

/** GnuPG's own directory in it. */
export const GNUPG = "g";

function unusable(reason: string, cause?: unknown): Failure {
  return new Failure("CONFIG_INVALID", `no directory for temporary files can be used: ${reason}`, {
    hint: "TMPDIR has to name a directory that is there, with a short path, or to be left out: then it is /tmp.",
    data: "Nothing was made, no server was started, and no database was touched.",
    ...(cause === undefined ? {} : { cause }),
  });
}

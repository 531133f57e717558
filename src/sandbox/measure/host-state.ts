/**
 * measure/host-state: what is installed on this host and which services run, so that two looks can be compared.
 *
 * Installed: the names in each directory of PATH, and the package manager's own list, by digest. Services: systemd's
 * running units with the process and the moment that each began with, and the PostgreSQL servers. Reads only. Called by
 * the steps C-01 and C-08.
 */
import * as fs from "node:fs";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { sha256 } from "../../kernel/digest.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { askTool } from "../../readiness/service-state/tool.ts";
import { type InstanceScan, protectedLines } from "./instances.ts";

export type HostState = {
  readonly boot: string;
  readonly installed: readonly { readonly place: string; readonly digest: string }[];
  /** Each by its name, with its process and when it began: one that is restarted has others. */
  readonly services: readonly { readonly name: string; readonly begun: string }[];
  /** Servers and containers that have to stay: one line each. */
  readonly protected: readonly string[];
  readonly servicesHow: string;
};

/** Lists of installed packages: dpkg's, apk's, rpm's (two of its formats) and pacman's. */
const PACKAGE_LISTS = [
  "/var/lib/dpkg/status",
  "/lib/apk/db/installed",
  "/var/lib/rpm/rpmdb.sqlite",
  "/var/lib/rpm/Packages",
  "/var/lib/pacman/local",
];

export async function readHostState(scan: InstanceScan, environment: Environment): Promise<HostState> {
  const folders = [...new Set((environment.PATH ?? "").split(":"))].filter((folder) => folder.startsWith("/"));
  const units = await runningUnits(environment);
  return {
    boot: scan.host,
    installed: [...folders, ...PACKAGE_LISTS].flatMap(placeOf),
    services: units.services,
    protected: protectedLines(scan),
    servicesHow: units.how,
  };
}

/** Nothing where it is not there: then nothing is installed there either, and a later look would show it. */
function placeOf(place: string): HostState["installed"] {
  try {
    const status = fs.statSync(place);
    const content = status.isDirectory() ? fs.readdirSync(place).sort().join("\0") : `${status.size} ${status.mtimeMs}`;
    return [{ place, digest: sha256(content) }];
  } catch (error) {
    const errno = errnoOf(error);
    return errno === "ENOENT" || errno === "ENOTDIR" ? [] : [{ place, digest: errno }];
  }
}

export const SERVICE_PROPERTIES = "--property=Id,MainPID,ExecMainStartTimestampMonotonic,NRestarts";

type Units = { readonly services: HostState["services"]; readonly how: string };

async function runningUnits(environment: Environment): Promise<Units> {
  const words = ["systemctl", "show", "--type=service", "--state=running", SERVICE_PROPERTIES, "*"] as const;
  const answer = await askTool(words, { environment });
  if ("reason" in answer) return { services: [], how: `systemd was not asked: ${answer.reason}` };
  return { services: parseUnits(answer.output), how: "systemctl show" };
}

/** Of `systemctl show`: a block of `Name=value` lines for each unit. */
export function parseUnits(output: string): HostState["services"] {
  return output.split("\n\n").flatMap((block) => {
    const lines = block.split("\n").filter((line) => line !== "");
    const name = lines.find((line) => line.startsWith("Id="))?.slice("Id=".length);
    if (name === undefined) return [];
    return [{ name, begun: lines.filter((line) => !line.startsWith("Id=")).join(" ") }];
  });
}

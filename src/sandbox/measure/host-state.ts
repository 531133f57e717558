/**
 * measure/host-state: what is installed on this host and which services run, so that two looks can be compared.
 *
 * Installed: the files in each directory of PATH, each with its size, its time and its inode, and the package manager's
 * own list; what is in the files is not read. Services: systemd's running units with the process and the
 * moment that each began with, and the PostgreSQL servers. Reads only. Called by the steps C-01, C-08 and C-11.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { askTool } from "../../readiness/service-state/tool.ts";
import { type InstanceScan, protectedLines } from "./instances.ts";

export type HostState = {
  readonly boot: string;
  /** Each file of a place as a line: name, size, time, inode. */
  readonly installed: readonly { readonly place: string; readonly files: readonly string[] }[];
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
    const names = status.isDirectory() ? fs.readdirSync(place) : [];
    return [{ place, files: status.isDirectory() ? names.map((name) => entryLine(place, name)) : [fileLine(status)] }];
  } catch (error) {
    const errno = errnoOf(error);
    return errno === "ENOENT" || errno === "ENOTDIR" ? [] : [{ place, files: [errno] }];
  }
}

/** A link's is that of the program that it leads to, wherever that lies. Of a directory only the name is looked at. */
function entryLine(folder: string, name: string): string {
  const path = join(folder, name);
  try {
    const link = fs.lstatSync(path).isSymbolicLink() ? fs.readlinkSync(path) : "";
    const status = fs.statSync(path, { throwIfNoEntry: false });
    return `${name} ${link} ${status?.isFile() === true ? fileLine(status) : ""}`;
  } catch (error) {
    return `${name} ${errnoOf(error)}`;
  }
}

function fileLine({ size, mtimeMs, ino }: fs.Stats): string {
  return `${size} ${mtimeMs} ${ino}`;
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

/**
 * service-state: what of ours might run by itself: units of systemd, entries of cron and at, timers, containers.
 *
 * Read-only. Each place says what was looked at and what was found, or why it could not be looked at: that is never
 * taken for nothing. Not looked at: variables in a line, scripts that a script calls, processes that run already.
 * Called by the gate that shows that nothing of ours stays behind (G7) and by the doctor.
 */
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../kernel/conninfo/naming.ts";
import type { Ours } from "./service-state/command.ts";
import { lookAtDocker, lookAtPodman } from "./service-state/containers.ts";
import {
  type CrontabForm,
  judgeCrontab,
  lookAtCrontab,
  lookAtCrontabs,
  lookAtScripts,
} from "./service-state/crontabs.ts";
import { lookAtLoadedUnits } from "./service-state/loaded-units.ts";
import { type Look, notCheckable, nothingThere } from "./service-state/look.ts";
import { askTool, type ToolOptions } from "./service-state/tool.ts";
import { lookAtUnitFiles } from "./service-state/unit-files.ts";

export type ServiceState = {
  /** "mentioned": nothing that is known to start ours, but a line that a person should read. */
  readonly verdict: "found" | "mentioned" | "none found" | "not checkable";
  readonly looks: readonly Look[];
  /** Places that could not be looked at, of `looks`. */
  readonly notCheckable: number;
};

export type ServicePlaces = {
  readonly unitDirectories: readonly string[];
  /** Crontabs that are one file, and directories of them. */
  readonly crontabFiles: readonly { readonly path: string; readonly form: CrontabForm }[];
  readonly crontabDirectories: readonly { readonly path: string; readonly form: CrontabForm }[];
  /** Directories whose scripts cron or at runs as they are. */
  readonly scriptDirectories: readonly string[];
  readonly dockerSockets: readonly string[];
  readonly podmanStorage: readonly string[];
};

/** Never fails. */
export async function lookForServices(places: ServicePlaces, ours: Ours, options: ToolOptions): Promise<ServiceState> {
  const asked = await Promise.all([
    lookAtLoadedUnits("system", ours, options),
    lookAtLoadedUnits("user", ours, options),
    askCrontab(ours, options),
    lookAtDocker(places.dockerSockets, ours, options),
    lookAtPodman(places.podmanStorage, ours, options),
  ]);
  const looks = [
    ...lookAtUnitFiles(distinct(places.unitDirectories), ours),
    ...places.crontabFiles.map(({ path, form }) => lookAtCrontab(path, form, ours)),
    ...places.crontabDirectories.flatMap(({ path, form }) => lookAtCrontabs(path, form, ours)),
    ...places.scriptDirectories.flatMap((path) => lookAtScripts(path, ours)),
    ...asked,
  ];
  return { verdict: verdictOf(looks), looks, notCheckable: looks.filter(isClosed).length };
}

function verdictOf(looks: readonly Look[]): ServiceState["verdict"] {
  const found = new Set(looks.flatMap((look) => look.found.map(({ match }) => match)));
  if (found.has("command")) return "found";
  if (found.has("mentioned")) return "mentioned";
  return looks.every(isClosed) ? "not checkable" : "none found";
}

function isClosed({ state }: Look): boolean {
  return state === "not checkable here";
}

/** One's own crontab, which its owner may not read as a file. */
async function askCrontab(ours: Ours, options: ToolOptions): Promise<Look> {
  const subject = { what: "crontabs", where: "crontab -l" } as const;
  const answer = await askTool(["crontab", "-l"], options);
  if ("output" in answer) {
    const file = { path: "crontab -l", name: "crontab -l", text: answer.output };
    return { ...subject, state: "looked", detail: "1 crontab", found: judgeCrontab(file, "without user", ours) };
  }
  const none = /\bno crontab for\b/i.test(answer.reason);
  return none ? nothingThere(subject, answer.reason) : notCheckable(subject, answer.reason);
}

/** With a merged /usr, /lib/systemd/system is /usr/lib/systemd/system; the first name stays. */
function distinct(directories: readonly string[]): readonly string[] {
  const real = directories.map((path) => (existsSync(path) ? realpathSync(path) : path));
  return directories.filter((_, index) => real.indexOf(real[index] ?? "") === index);
}

/** The usual places of this machine; `homes`: home directories whose own units count. */
export function usualPlaces(environment: Environment, homes: readonly string[]): ServicePlaces {
  const runtime = environment.XDG_RUNTIME_DIR;
  const own = homes.flatMap((home) => [join(home, ".config/systemd/user"), join(home, ".local/share/systemd/user")]);
  return {
    unitDirectories: [
      ...["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd"].flatMap(
        (folder) => [`${folder}/system`, `${folder}/user`],
      ),
      ...["transient", "generator", "generator.early", "generator.late"].map((name) => `/run/systemd/${name}`),
      ...(runtime === undefined ? [] : [join(runtime, "systemd/user"), join(runtime, "systemd/transient")]),
      ...own,
    ],
    crontabFiles: [
      { path: "/etc/crontab", form: "with user" },
      { path: "/etc/anacrontab", form: "anacrontab" },
    ],
    crontabDirectories: [
      { path: "/etc/cron.d", form: "with user" },
      ...["/var/spool/cron", "/var/spool/cron/crontabs", "/var/spool/cron/tabs"].map(
        (path) => ({ path, form: "without user" }) as const,
      ),
    ],
    scriptDirectories: [
      ...["hourly", "daily", "weekly", "monthly", "yearly"].map((period) => `/etc/cron.${period}`),
      ...["/var/spool/cron/atjobs", "/var/spool/at"],
    ],
    dockerSockets: ["/var/run/docker.sock", ...(runtime === undefined ? [] : [join(runtime, "docker.sock")])],
    podmanStorage: [
      "/var/lib/containers/storage",
      ...homes.map((home) => join(home, ".local/share/containers/storage")),
    ],
  };
}

/** Names under which our programs are published, for each machine that they are built for. */
const PUBLISHED = ["cutter", "cutter-proof"].flatMap((name) => [
  name,
  ...["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"].map((machine) => `${name}-${machine}`),
]);

/** `files`: the running program and other copies of it, which may have been given other names. */
export function ourPrograms(files: readonly string[]): Ours {
  return { names: PUBLISHED, files: files.flatMap((path) => (existsSync(path) ? [realpathSync(path)] : [])) };
}

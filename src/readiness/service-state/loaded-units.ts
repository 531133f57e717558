/**
 * service-state/loaded-units: units that systemd has loaded and that start a program of ours, wherever they came from.
 *
 * Finds what no file shows: transient units, files that went after they were loaded. Only asks; changes nothing.
 * Called by service-state.ts for the system's manager and for the account's own.
 */
import { matches, type Ours } from "./command.ts";
import { evidenceLine, type Finding, type Look, notCheckable } from "./look.ts";
import { askTool, type ToolOptions } from "./tool.ts";

const EXEC_KEYS = [
  ...["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPre"],
  "ExecStopPost",
];

export type Manager = "system" | "user";

export async function lookAtLoadedUnits(manager: Manager, ours: Ours, options: ToolOptions): Promise<Look> {
  const properties = ["Id", "Unit", ...EXEC_KEYS].map((key) => `--property=${key}`);
  const patterns = ["*.service", "*.socket", "*.mount", "*.timer"];
  const words = ["--no-pager", `--${manager}`, "show", ...properties, ...patterns];
  const subject = { what: "loaded units", where: `systemctl --${manager} show` } as const;
  const answer = await askTool(["systemctl", ...words], options);
  if ("reason" in answer) return notCheckable(subject, answer.reason);
  const units = parseUnits(answer.output);
  // A machine that runs systemd has units: none at all is an answer that was not understood.
  if (units.length === 0) return notCheckable(subject, "systemctl listed no unit");
  const started = units.flatMap((unit) => judgeUnit(unit, ours));
  const names = new Set(started.filter(({ match }) => match === "command").map(({ where }) => where));
  const timers = units
    .filter(({ starts }) => starts !== null && names.has(starts))
    .map(({ id, starts }): Finding => ({ where: id, line: null, match: "command", text: `starts ${starts}` }));
  return { ...subject, state: "looked", detail: `${units.length} units`, found: [...started, ...timers] };
}

type LoadedUnit = {
  readonly id: string;
  /** Of a timer: the unit that it starts. */
  readonly starts: string | null;
  /** Command lines, words joined by spaces: systemd does not give their quotes back. */
  readonly commands: readonly string[];
};

/** Blocks of `Key=value` lines, an empty line between two units. */
function parseUnits(output: string): readonly LoadedUnit[] {
  return output.split(/\n{2,}/).flatMap((block): LoadedUnit[] => {
    const lines = block.split("\n").map((line): [string, string] => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    });
    const value = (key: string): string | undefined => lines.find(([name]) => name === key)?.[1];
    const id = value("Id");
    if (id === undefined) return [];
    const commands = lines.filter(([name]) => EXEC_KEYS.includes(name)).flatMap(([, text]) => commandsOf(text));
    return [{ id, starts: value("Unit") || null, commands }];
  });
}

/** `{ path=/usr/bin/x ; argv[]=/usr/bin/x --flag ; ignore_errors=no ; … }`, several beside each other. */
function commandsOf(value: string): string[] {
  return [...value.matchAll(/\{ path=(.*?) ; argv\[\]=(.*?) ; (?:ignore_errors|flags)=/gs)].flatMap(
    ([, path = "", words = ""]) => [path, words],
  );
}

/** As words and as a line for a shell: of `sh -c 'a && b'` only the words are left. */
function judgeUnit({ id, commands }: LoadedUnit, ours: Ours): readonly Finding[] {
  return commands.flatMap((command) => {
    const found = [...matches(command, "systemd", ours), ...matches(command, "shell", ours)];
    const match = found.some((one) => one.match === "command") ? "command" : found[0]?.match;
    return match === undefined ? [] : [{ where: id, line: null, match, text: evidenceLine(command) }];
  });
}

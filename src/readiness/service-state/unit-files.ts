/**
 * service-state/unit-files: unit files of systemd that start a program of ours, and what would start those.
 *
 * Reads files only, so it needs neither systemctl nor a running systemd. Drop-ins count; variables of a unit are not
 * expanded. Called by service-state.ts with the directories of systemd.unit(5).
 */
import { join } from "node:path";
import { matches, type Ours } from "./command.ts";
import { eachFile, evidenceLine, type FileOf, type Finding, type Look, listDirectory } from "./look.ts";

const WITH_COMMANDS = /\.(service|socket|mount|swap|conf)$/;
const ACTIVATOR = /\.(timer|path|socket)$/;

/** Keys of systemd.service(5), .socket(5) and .mount(5) whose value is a command line. */
const EXEC = /^\s*Exec(?:Condition|StartPre|StartPost|Start|ReloadPost|Reload|StopPre|StopPost|Stop)\s*=\s*(.*)$/s;
/** Prefixes of a command in an Exec line: no failure, its own argv[0], full rights, no expansion, through a shell. */
const PREFIXES = /^[-@:+!|]*/;

type Activator = { readonly directory: string; readonly path: string; readonly starts: string };

/** One look at each directory and each of its drop-in folders, and one at all timers, sockets and paths. */
export function lookAtUnitFiles(directories: readonly string[], ours: Ours): readonly Look[] {
  const activators: Activator[] = [];
  const looks = directories.flatMap((directory) => {
    const judge = (file: FileOf): readonly Finding[] => {
      if (ACTIVATOR.test(file.name)) activators.push({ directory, path: file.path, starts: startedBy(file) });
      return WITH_COMMANDS.test(file.name) ? judgeUnit(file, ours) : [];
    };
    const subject = { what: "unit files", where: directory } as const;
    const dropIns = dropInFolders(directory).map((where) => ({ ...subject, where }));
    return [...eachFile(subject, judge), ...dropIns.flatMap((dropIn) => eachFile(dropIn, judge))];
  });
  if (directories.length === 0) return [];
  const started = looks.flatMap(({ found }) => found).filter(({ match }) => match === "command");
  return [...looks, timers(activators, new Set(started.map(({ where }) => unitOf(where))))];
}

/** `x.service.d`, `service.d` and the like; links of `.wants` are looked at where they lead. */
function dropInFolders(directory: string): string[] {
  const names = listDirectory({ what: "unit files", where: directory });
  return Array.isArray(names)
    ? names.filter((name: string) => name.endsWith(".d")).map((name) => join(directory, name))
    : [];
}

function judgeUnit({ path, text }: FileOf, ours: Ours): readonly Finding[] {
  return logicalLines(text).flatMap(({ line, text: whole }) => {
    const [, command] = EXEC.exec(whole) ?? [];
    if (command === undefined) return [];
    const found = matches(command.replace(PREFIXES, ""), "systemd", ours);
    const match = found.some((one) => one.match === "command") ? "command" : found[0]?.match;
    return match === undefined ? [] : [{ where: path, line, match, text: evidenceLine(whole) }];
  });
}

type LogicalLine = { readonly line: number; readonly text: string };

/** A backslash at its end continues a line; comments in between are skipped (systemd.syntax(7)). */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*[#;]/.test(raw)) continue;
    const current: LogicalLine = {
      line: open?.line ?? index + 1,
      text: `${open?.text ?? ""}${raw.replace(/\\$/, " ")}`,
    };
    open = raw.endsWith("\\") ? current : null;
    if (open === null) lines.push(current);
  }
  return open === null ? lines : [...lines, open];
}

/** What a timer, socket or path starts: its Unit= or Service=, else the service of its own name. */
function startedBy({ name, text }: FileOf): string {
  const named = [...text.matchAll(/^\s*(?:Unit|Service)\s*=\s*(\S+)\s*$/gm)].at(-1)?.[1];
  return template(named ?? name.replace(ACTIVATOR, ".service"));
}

/** The unit that a file or drop-in is about, templates by their own name: `x@.service`. */
function unitOf(path: string): string {
  const parts = path.split("/");
  const folder = parts.at(-2) ?? "";
  return template(folder.endsWith(".d") ? folder.slice(0, -2) : (parts.at(-1) ?? ""));
}

function template(unit: string): string {
  return unit.replace(/@[^.]*(?=\.)/, "@");
}

function timers(activators: readonly Activator[], started: ReadonlySet<string>): Look {
  const found = activators
    .filter(({ starts }) => started.has(starts))
    .map(({ path, starts }): Finding => ({ where: path, line: null, match: "command", text: `starts ${starts}` }));
  const detail = `${activators.length} timers, sockets and paths`;
  return { what: "timers", where: "the same directories", state: "looked", detail, found };
}

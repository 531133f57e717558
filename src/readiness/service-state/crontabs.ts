/**
 * service-state/crontabs: entries of cron, anacron and at that start a program of ours.
 *
 * Reads files only. Of the directories whose scripts cron runs, each script is read, and its own name counts: cron
 * starts it by that. Called by service-state.ts with the places of cron(8), anacrontab(5) and at(1).
 */
import { basename } from "node:path";
import { isOurs, type Match, matches, mentions, type Ours } from "./command.ts";
import { eachFile, evidenceLine, type FileOf, type Finding, type Look, readText } from "./look.ts";

/** What stands before the command: five times or @word, then perhaps an account; of anacron period, delay, name. */
export type CrontabForm = "with user" | "without user" | "anacrontab";

const TIMES = String.raw`(?:@\w+|\S+(?:\s+\S+){4})`;
const BEFORE_COMMAND: Readonly<Record<CrontabForm, RegExp>> = {
  "with user": new RegExp(String.raw`^\s*-?${TIMES}\s+\S+\s+`),
  "without user": new RegExp(String.raw`^\s*-?${TIMES}\s+`),
  anacrontab: /^\s*\S+\s+\S+\s+\S+\s+/,
};

/** A crontab that is one file. */
export function lookAtCrontab(path: string, form: CrontabForm, ours: Ours): Look {
  const subject = { what: "crontabs", where: path } as const;
  const text = readText(subject);
  if (text === null) return { ...subject, state: "nothing there", detail: "is not a file", found: [] };
  if (typeof text !== "string") return text;
  const found = judgeCrontab({ path, name: basename(path), text }, form, ours);
  return { ...subject, state: "looked", detail: "1 file", found };
}

/** A directory of crontabs. */
export function lookAtCrontabs(directory: string, form: CrontabForm, ours: Ours): readonly Look[] {
  return eachFile({ what: "crontabs", where: directory }, (file) => judgeCrontab(file, form, ours));
}

/** A directory of scripts that cron or at runs as they are. */
export function lookAtScripts(directory: string, ours: Ours): readonly Look[] {
  return eachFile({ what: "cron scripts", where: directory }, (file) => judgeScript(file, ours));
}

/** The text of a crontab, whatever it came from. */
export function judgeCrontab({ path, text }: FileOf, form: CrontabForm, ours: Ours): readonly Finding[] {
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*(#|$|[A-Za-z_]\w*\s*=)/.test(line) || !BEFORE_COMMAND[form].test(line)) return [];
    const found = matches(commandOf(line.replace(BEFORE_COMMAND[form], "")), "shell", ours);
    return strongest(found).map((match) => ({ where: path, line: index + 1, match, text: evidenceLine(line) }));
  });
}

/** cron ends a command at the first `%` that no backslash stands before: what follows is its input. */
function commandOf(field: string): string {
  const [command = ""] = /^(?:\\.|[^%\\]|\\$)*/s.exec(field) ?? [];
  return command.replaceAll("\\%", "%");
}

function strongest(found: readonly Match[]): Match["match"][] {
  if (found.some(({ match }) => match === "command")) return ["command"];
  return found.length === 0 ? [] : ["mentioned"];
}

const SHELLS = /^#!\s*(?:\S*\/)?(?:env\s+(?:-S\s+)?)?(?:ba|da|k|mk|z|a)?sh\b/;

function judgeScript({ path, text }: FileOf, ours: Ours): readonly Finding[] {
  const itself: Finding[] = isOurs(path, ours) ? [{ where: path, line: null, match: "command", text: path }] : [];
  // A program of its own, not a script.
  if (text.includes("\0")) return itself;
  const found = SHELLS.test(text) || !text.startsWith("#!") ? matches(text, "shell", ours) : mentions(text, ours);
  const lines = text.split("\n");
  const inside = found.map(({ line, match }) => ({
    where: path,
    line,
    match,
    text: evidenceLine(lines[line - 1] ?? ""),
  }));
  return [...itself, ...inside];
}

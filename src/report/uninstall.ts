/**
 * uninstall: the plan of `cutter uninstall --plan` as text: everything is a comment but the commands at its end.
 *
 * So the whole of it may be pasted into a shell, or piped into one. Pure.
 */
import type * as v from "valibot";
import { printable } from "../kernel/evidence/printable.ts";
import type { DeepReadonly } from "./battery.ts";
import { hanging, wrap } from "./lines.ts";
import type { uninstallSchema } from "./uninstall-schema.ts";

export type UninstallReport = DeepReadonly<v.InferOutput<typeof uninstallSchema>>;

const COLUMNS = 78;
/** Things of one kind that are listed; the commands name all. */
const ALIKE = 5;

export function uninstallText({ databases, before, items, leaves, commands }: UninstallReport): string {
  const listed = [...Map.groupBy(items, ({ what }) => what)].flatMap(([what, alike]) => {
    const lines = alike.map(({ path, loses }) => `${what}: ${path}${loses === null ? "" : `; LOST: ${loses}`}`);
    const isLong = lines.length > ALIKE && alike.every(({ loses }) => loses === null);
    return isLong ? [...lines.slice(0, ALIKE), `${what}: ${lines.length - ALIKE} more, named below`] : lines;
  });
  const comments = [
    "How to remove everything of cutter from this machine. Nothing was removed.",
    ...part("In databases, which the commands below do not touch; needs the program, so before them", databases),
    // A command in a sentence is not broken.
    ...part("Before", before, Number.POSITIVE_INFINITY),
    ...part("What is here", listed.length === 0 ? ["nothing"] : listed),
    ...part("What stays", leaves),
    ...(commands.length === 0 ? [] : ["", "The commands: each runs only if the one before succeeded."]),
  ];
  const lines = comments.map((line) => (line === "" ? "#" : `# ${line}`));
  return `${[...lines, ...(commands.length === 0 ? [] : [commands.join(" &&\n")])].join("\n")}\n`;
}

function part(title: string, sentences: readonly string[], columns = COLUMNS): readonly string[] {
  if (sentences.length === 0) return [];
  return [
    "",
    ...wrap(`${title}:`, COLUMNS),
    ...sentences.flatMap((sentence) => hanging("- ", printable(sentence), columns)),
  ];
}

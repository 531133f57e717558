/**
 * completion/fish: the completion script for fish: one `complete` line for each thing that may come.
 *
 * A function walks the line as the program does and answers at which place it is. Runs nothing else. Pure. Called by
 * `cutter completion`.
 */
import type { Operand, Option, Place, Value } from "./places.ts";

export function fishScript(program: string, places: readonly Place[]): string {
  const name = `__${program.replaceAll("-", "_")}`;
  const known = places.filter(({ path }) => path.length > 0).map(({ path }) => quote(path.join(" ")));
  const groups = places.filter(({ commands }) => commands.length > 0).map(({ path }) => quote(path.join(" ")));
  return `${[
    `# fish completion for ${program}, made by: ${program} completion fish`,
    `# Into ~/.config/fish/completions/${program}.fish, or /usr/share/fish/vendor_completions.d/${program}.fish.`,
    "",
    BODY.replaceAll("NAME", name)
      .replace("VALUED", valuedOptions(places).join(" "))
      .replace("GROUPS", groups.join(" "))
      .replace("KNOWN", known.join(" \\\n        ")),
    "",
    `complete -c ${program} -f`,
    ...places.flatMap((place) => linesOf(place, `complete -c ${program} -n`, name)),
  ].join("\n")}\n`;
}

function linesOf({ path, commands, options, operands }: Place, complete: string, name: string): string[] {
  const at = (number: number | "any"): string => quote(`${name}_at ${quote(path.join(" "))} ${number}`);
  return [
    ...commands.map((command) => {
      return `${complete} ${at("any")} -a ${quote(command.name)} -d ${quote(command.description)}`;
    }),
    ...options.map((option) => `${complete} ${at("any")} ${optionWords(option)}`),
    ...operands.flatMap((operand, index) => operandLine(operand, `${complete} ${at(index)}`)),
  ];
}

function optionWords({ name, short, description, value }: Option): string {
  const names = short === null ? `-l ${name}` : `-s ${short} -l ${name}`;
  return `${names}${value === null ? "" : ` ${valueWords(value)}`} -d ${quote(description)}`;
}

function operandLine({ description, value }: Operand, complete: string): string[] {
  if (value.kind === "other") return [];
  if (value.kind === "words") return [`${complete} -a ${quote(value.words.join(" "))} -d ${quote(description)}`];
  return [value.kind === "file" ? `${complete} -F` : `${complete} -a '(__fish_complete_directories)'`];
}

/** -r: a value must come; -F: files may; -x: a value, and no files. */
function valueWords(value: Value): string {
  if (value.kind === "file") return "-r -F";
  if (value.kind === "directory") return "-x -a '(__fish_complete_directories)'";
  return value.kind === "words" ? `-x -a ${quote(value.words.join(" "))}` : "-x";
}

/** An option that takes a value in one place and none in another is not stepped over with the next word. */
function valuedOptions(places: readonly Place[]): readonly string[] {
  const options = places.flatMap((place) => place.options);
  const plain = new Set(options.filter(({ value }) => value === null).map(({ name }) => name));
  const valued = new Set(options.filter(({ value }) => value !== null).map(({ name }) => name));
  return [...valued].filter((name) => !plain.has(name)).map((name) => `--${name}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

const BODY = `# Whether the line stands at the place $argv[1]; with a number only after so many operands.
function NAME_at
    set -l path
    set -l operands 0
    set -l step no
    for word in (commandline -opc)[2..-1]
        if test $step = yes
            set step no
            continue
        end
        switch $word
            case VALUED
                set step yes
                continue
            case '-*'
                continue
        end
        if test "$path" = '' -a "$word" = help
            continue
        end
        if contains -- (string join ' ' -- $path $word) KNOWN
            set -a path $word
        else if contains -- "$path" GROUPS
            # Where a command has to come, nothing follows another word.
            return 1
        else
            set operands (math $operands + 1)
        end
    end
    test "$path" = "$argv[1]"
    and test $argv[2] = any -o "$argv[2]" = $operands
end`;

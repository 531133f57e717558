/**
 * completion/zsh: the completion function for zsh, made of `_arguments`, one function for each place.
 *
 * Runs nothing: what may come is in the script. Pure. Called by `cutter completion`.
 */
import type { Operand, Option, Place, Value } from "./places.ts";

export function zshScript(program: string, places: readonly Place[]): string {
  const name = (path: readonly string[]): string => ["", program, ...path].join("_").replaceAll("-", "_");
  return `${[
    `#compdef ${program}`,
    `# zsh completion for ${program}, made by: ${program} completion zsh`,
    `# Into a folder of $fpath, as _${program}; /usr/local/share/zsh/site-functions is one.`,
    "",
    ...places.flatMap((place) => [...functionOf(place, name), ""]),
    // Autoloaded, this file is the function; sourced, it makes it known.
    `if [ "$funcstack[1]" = "_${program}" ]; then`,
    `  ${name([])} "$@"`,
    "else",
    `  compdef ${name([])} ${program}`,
    "fi",
  ].join("\n")}\n`;
}

type Naming = (path: readonly string[]) => string;

function functionOf(place: Place, name: Naming): string[] {
  const options = place.options.map(optionSpec);
  const begin = `${name(place.path)}() {`;
  if (place.commands.length === 0) {
    return [begin, "  _arguments -s -S \\", ...joined([...options, ...place.operands.map(operandSpec)]), "}"];
  }
  const commands = place.commands.map((command) => `    ${quote(described(command))}`);
  const below = place.commands.map((command) => {
    // `help` walks the same words again.
    const next = command.name === "help" ? [] : [...place.path, command.name];
    return `        ${command.name}) ${name(next)} ;;`;
  });
  return [
    begin,
    "  local state",
    "  local -a commands",
    "  _arguments -C -A '-*' \\",
    ...joined([...options, quote("1: :->command"), quote("*:: :->rest")]),
    "  case $state in",
    "    command)",
    "      commands=(",
    ...commands.map((command) => `    ${command}`),
    "      )",
    `      _describe -t commands ${quote(`${name(place.path).slice(1).replaceAll("_", " ")} command`)} commands ;;`,
    "    rest)",
    "      case $words[1] in",
    ...below,
    "      esac ;;",
    "  esac",
    "}",
  ];
}

function joined(specs: readonly string[]): string[] {
  return specs.map((spec, index) => `    ${spec}${index === specs.length - 1 ? "" : " \\"}`);
}

/** `'(-h --help)'{-h,--help}'[Show this help]'`, `'--format=[…]:WORD:(text json)'`. */
function optionSpec({ name, short, description, value, mayRepeat }: Option): string {
  const text = `[${escaped(description)}]`;
  if (short !== null) return `${quote(`(-${short} --${name})`)}{-${short},--${name}}${quote(text)}`;
  if (value === null) return quote(`--${name}${text}`);
  return quote(`${mayRepeat ? "*" : ""}--${name}=${text}:${escaped(value.valueName)}:${actionOf(value)}`);
}

function operandSpec({ name, description, value }: Operand, index: number): string {
  return quote(`${index + 1}:${escaped(`${name}, ${description}`)}:${actionOf(value)}`);
}

function actionOf(value: Value): string {
  if (value.kind === "words") return `(${value.words.join(" ")})`;
  if (value.kind === "file") return "_files";
  return value.kind === "directory" ? "_files -/" : " ";
}

function described({ name, description }: { readonly name: string; readonly description: string }): string {
  return `${name}:${description.replaceAll(":", "\\:")}`;
}

/** `[`, `]` and `:` have a meaning in a specification. */
function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

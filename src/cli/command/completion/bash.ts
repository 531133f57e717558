/**
 * completion/bash: the completion script for bash, from 3.2 (macOS) on; needs no package beside bash.
 *
 * The words of the line are walked as the program walks them: options with their values are stepped over, the others
 * lead from place to place. Runs nothing: what may come is in the script. Pure. Called by `cutter completion`.
 */
import type { Option, Place, Value } from "./places.ts";

export function bashScript(program: string, places: readonly Place[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  return `${[
    `# bash completion for ${program}, made by: ${program} completion bash`,
    `# As root into /usr/share/bash-completion/completions/${program}, or source it in ~/.bashrc.`,
    "",
    `${name}_place() {`,
    '  case "$1" in',
    ...places.map(({ path, ...place }) => `    ${quote(path.join(" "))}) ${placeWords(place)} ;;`),
    "  esac",
    "}",
    "",
    "# What the value of an option, or the operand of this number, may be.",
    `${name}_value() {`,
    '  case "$1 $2" in',
    ...places.flatMap(({ path, options, operands }) => [
      ...valueCases(path, options),
      ...operands.flatMap(({ value }, index) => valueCase(path, `${index + 1}`, value)),
    ]),
    "  esac",
    "}",
    "",
    BODY.replaceAll("NAME", name),
    `complete -F ${name} ${program}`,
  ].join("\n")}\n`;
}

function placeWords({ commands, options }: Omit<Place, "path">): string {
  const all = options.flatMap(({ name, short }) => [`--${name}`, ...(short === null ? [] : [`-${short}`])]);
  const valued = options.filter(({ value }) => value !== null).map((option) => `--${option.name}`);
  const again = options.filter(({ mayRepeat }) => mayRepeat).map((option) => `--${option.name}`);
  return [
    `commands=${quote(commands.map((command) => command.name).join(" "))}`,
    `options=${quote(all.join(" "))}`,
    `valued=${quote(` ${valued.join(" ")} `)}`,
    `again=${quote(` ${again.join(" ")} `)}`,
  ].join("; ");
}

function valueCases(path: readonly string[], options: readonly Option[]): string[] {
  return options.flatMap(({ name, value }) => (value === null ? [] : valueCase(path, `--${name}`, value)));
}

function valueCase(path: readonly string[], of: string, value: Value): string[] {
  if (value.kind === "other") return [];
  const set = value.kind === "words" ? `kind=words; words=${quote(value.words.join(" "))}` : `kind=${value.kind}`;
  return [`    ${quote(`${path.join(" ")} ${of}`)}) ${set} ;;`];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** bash splits `--format=json` at its `=`: three words. */
const BODY = `NAME() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path="" option="" operand=1 ended="" given=" "
  local commands="" options="" valued="" again="" kind="" words="" word step=1
  COMPREPLY=()
  NAME_place ""
  while [ $step -lt $COMP_CWORD ]; do
    word=\${COMP_WORDS[step]}
    step=$((step + 1))
    if [ "$word" = "=" ]; then continue; fi
    if [ -n "$option" ]; then option=""; continue; fi
    if [ -z "$ended" ]; then
      case $word in
        --) ended=yes; continue ;;
        -*)
          given="$given$word "
          case $valued in *" $word "*) option=$word ;; esac
          continue ;;
      esac
    fi
    if [ -z "$path" ] && [ "$word" = help ]; then options=--man; continue; fi
    case " $commands " in
      *" $word "*)
        path="\${path:+$path }$word"
        NAME_place "$path" ;;
      *)
        # Where a command has to come, nothing follows another word.
        if [ -n "$commands" ]; then return; fi
        operand=$((operand + 1)) ;;
    esac
  done
  if [ "$cur" = "=" ]; then cur=""; fi
  if [ -n "$option" ]; then
    NAME_value "$path" "$option"
  elif [ -n "$commands" ] && [ "\${cur#-}" = "$cur" ]; then
    kind=words
    words=$commands
  elif [ "\${cur#-}" = "$cur" ] || [ -n "$ended" ]; then
    NAME_value "$path" "$operand"
  fi
  if [ -z "$option$kind$ended" ]; then
    kind=words
    for word in $options; do
      case $given in *" $word "*) case $again in *" $word "*) ;; *) continue ;; esac ;; esac
      words="$words $word"
    done
  fi
  local IFS=$'\\n'
  case $kind in
    words) COMPREPLY=($(IFS=' '; compgen -W "$words" -- "$cur")) ;;
    file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
    directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
  esac
}`;

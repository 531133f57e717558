/**
 * shells: what a real shell offers at the end of a line, with a completion script: bash, fish, and zsh on a terminal.
 *
 * One process answers all lines of a shell. `reason` where a shell is not on this machine: what asks then says SKIPPED
 * with it. Used by the tests of completion; never by the program.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export type Asked = {
  /** As typed, up to where TAB is pressed. */
  readonly lines: readonly string[];
  /** The script that is sourced. */
  readonly script: string;
  /** Where the shell stands: its files are what a file option offers. */
  readonly folder: string;
};

/** What is offered for each line, sorted. */
export type Offered = readonly (readonly string[])[];

const END = "\u0001";

export function bashOffers({ lines, script, folder }: Asked): Offered {
  const asks = lines.map((line) => {
    const words = line.split(" ").map((word) => `'${word}'`);
    const asked = `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _cutter`;
    return `${asked}; printf '%s\\n' "\${COMPREPLY[@]}" ${END}`;
  });
  return answers(["bash", "--norc", "-uc", [`source '${script}'`, ...asks].join("\n")], folder);
}

export function fishOffers({ lines, script, folder }: Asked): Offered {
  const asks = lines.map((line) => `complete -C '${line}' | string split -f1 \\t; echo ${END}`);
  return answers(["fish", "--no-config", "-c", [`source '${script}'`, ...asks].join("\n")], folder);
}

/** Every match that is added is printed instead; the line editor runs on a pseudo-terminal of zsh's own. */
const ZSH_INNER = `
autoload -Uz compinit; compinit -u -D
source $SCRIPT
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits; builtin compadd -A hits "$@"; (( $#hits )) && print -l -- "" @$^hits; builtin compadd "$@"
}
ask() { zle complete-word; print; print @END }
zle -N ask; bindkey '^I' ask; PS1=; LISTMAX=9999; unset zle_bracketed_paste
`;

const ZSH_OUTER = `
zmodload zsh/zpty
zpty inner "stty -onlcr -echo; SCRIPT=$SCRIPT exec zsh -f -i"
zpty -w inner "source $INNER; print @REA''DY"
zpty -r inner said '*@READY*'
for line in "$@"; do
  zpty -w -n inner "$line"$'\\t'
  zpty -r inner said '*@END*'
  for word in \${(f)said}; do [[ $word == @* && $word != @END* ]] && print -r -- \${word#@}; done
  print ${END}
  zpty -w -n inner $'\\C-u'
done
zpty -d inner
`;

export function zshOffers({ lines, script, folder }: Asked, scratch: string): Offered {
  const [inner, outer] = [join(scratch, "inner.zsh"), join(scratch, "outer.zsh")];
  writeFileSync(inner, ZSH_INNER);
  writeFileSync(outer, ZSH_OUTER);
  return answers(["env", `SCRIPT=${script}`, `INNER=${inner}`, "zsh", "-f", outer, ...lines], folder);
}

function answers(command: readonly string[], folder: string): Offered {
  const env = { PATH: process.env.PATH ?? "", HOME: folder, TERM: "xterm", LC_ALL: "C" };
  const run = Bun.spawnSync([...command], { cwd: folder, env, stdin: "ignore", timeout: 20_000 });
  if (run.exitCode !== 0) throw new Error(`${command[0]} ended with ${run.exitCode}: ${run.stderr}${run.stdout}`);
  const blocks = `${run.stdout}`.split(`${END}\n`).slice(0, -1);
  return blocks.map((block) => [...new Set(block.split("\n").map((word) => word.trim()))].filter(Boolean).sort());
}

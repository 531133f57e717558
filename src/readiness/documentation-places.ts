/**
 * documentation-places: where the manual page and the completion scripts of cutter lie, if somebody put them there.
 *
 * Looks at the usual places only, and knows its own files by their first lines: another one of the name stays. Called
 * by uninstall.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../kernel/private-files/errno.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const OF_THE_MACHINE = [
  "/usr/local/share/man/man1/cutter.1",
  "/usr/share/man/man1/cutter.1",
  "/usr/share/bash-completion/completions/cutter",
  "/usr/local/share/bash-completion/completions/cutter",
  "/etc/bash_completion.d/cutter",
  "/usr/local/share/zsh/site-functions/_cutter",
  "/usr/share/zsh/vendor-completions/_cutter",
  "/usr/share/fish/vendor_completions.d/cutter.fish",
  "/usr/local/share/fish/vendor_completions.d/cutter.fish",
  "/etc/fish/completions/cutter.fish",
];

const OF_A_HOME = [
  ".local/share/man/man1/cutter.1",
  ".local/share/bash-completion/completions/cutter",
  ".local/share/zsh/site-functions/_cutter",
  ".config/fish/completions/cutter.fish",
];

/** Below XDG_DATA_HOME and XDG_CONFIG_HOME, where these are set. */
const OF_XDG = [
  ["XDG_DATA_HOME", "man/man1/cutter.1"],
  ["XDG_DATA_HOME", "bash-completion/completions/cutter"],
  ["XDG_CONFIG_HOME", "fish/completions/cutter.fish"],
] as const;

/** Each of them says in its beginning what made it. */
const MADE_BY_CUTTER = /made by: cutter (?:help --man|completion )/i;
const BEGINNING_BYTES = 400;

/** Paths of what is there: by cutter, and by somebody else. */
export function documentation(environment: Environment): {
  readonly ours: readonly string[];
  readonly others: readonly string[];
} {
  const { HOME: home } = environment;
  const xdg = OF_XDG.flatMap(([name, path]) => {
    const base = environment[name];
    return base?.startsWith("/") ? [join(base, path)] : [];
  });
  const places = [
    ...OF_THE_MACHINE,
    ...xdg,
    ...(home?.startsWith("/") ? OF_A_HOME.map((path) => join(home, path)) : []),
  ];
  const there = [...new Set(places)].map((path) => ({ path, beginning: beginningOf(path) }));
  return {
    ours: there.filter(({ beginning }) => beginning !== null && MADE_BY_CUTTER.test(beginning)).map(({ path }) => path),
    others: there
      .filter(({ beginning }) => beginning !== null && !MADE_BY_CUTTER.test(beginning))
      .map(({ path }) => path),
  };
}

/** null where there is nothing. */
function beginningOf(path: string): string | null {
  try {
    const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(BEGINNING_BYTES);
      return bytes.toString("utf8", 0, fs.readSync(file, bytes, 0, BEGINNING_BYTES, 0));
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? null : "";
  }
}

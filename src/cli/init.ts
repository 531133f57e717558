/**
 * init: `cutter init`: makes the state directory and a commented cutter.toml, and says what is to be done next.
 *
 * Never replaces a file that is there. Makes no connection. Called by setup-commands.ts.
 */
import { dirname, join } from "node:path";
import { Failure } from "../kernel/failure.ts";
import { openGuardedDirectory, openPrivateDirectory } from "../kernel/private-files/directory.ts";
import { writeNewPrivateFile } from "../kernel/private-files/file.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { CONFIGURATION_TEMPLATE } from "../readiness/configuration-template.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly globals: Globals };

/** Below the state directory; the others are made when they are needed. */
const FOLDERS = ["runs", "rollback", "backups", "locks"] as const;

export async function init({ globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  for (const folder of [state, ...FOLDERS.map((name) => join(state, name))]) {
    const opened = openPrivateDirectory(folder);
    if (opened instanceof Failure) return opened;
  }
  const path = globals.config ?? configurationPath();
  if (path === null)
    return new Failure("USAGE", "there is no home directory for a configuration; name one: --config FILE");
  const directory = openGuardedDirectory(dirname(path));
  if (directory instanceof Failure) return directory;
  const text = CONFIGURATION_TEMPLATE.replaceAll(/^#~/gm, "# ");
  const written = writeNewPrivateFile(path, text);
  if (written !== null && written.code !== "FILE_EXISTS") return written;
  const lines = [
    `state         ${state}`,
    `configuration ${path}${written === null ? "" : " (was there, and stays as it is)"}`,
    "next: fill in the configuration, then cutter doctor",
  ];
  await terminal.result(`${lines.join("\n")}\n`);
  return EXIT.done;
}

function configurationPath(): string | null {
  if (process.geteuid?.() === 0) return "/etc/cutter/cutter.toml";
  const { XDG_CONFIG_HOME: configHome, HOME: home } = process.env;
  if (configHome?.startsWith("/")) return join(configHome, "cutter", "cutter.toml");
  return home?.startsWith("/") ? join(home, ".config", "cutter", "cutter.toml") : null;
}

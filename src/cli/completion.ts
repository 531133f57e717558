/**
 * completion: `cutter completion SHELL`: the completion script of a shell, made from the table of commands.
 *
 * Prints it and nothing else: where it is to lie is the operator's to say. Called by commands.ts.
 */
import type { Command } from "./command/command.ts";
import { placesOf } from "./command/completion/places.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** `root` is the whole table; the parser has seen that `shell` is one that we know. */
export async function completion(root: Command, shell: string, terminal: Terminal): Promise<number> {
  const places = await placesOf(root);
  await terminal.result((await makerOf(shell))(root.name, places));
  return EXIT.done;
}

type Maker = typeof import("./command/completion/bash.ts").bashScript;

async function makerOf(shell: string): Promise<Maker> {
  if (shell === "zsh") return (await import("./command/completion/zsh.ts")).zshScript;
  if (shell === "fish") return (await import("./command/completion/fish.ts")).fishScript;
  return (await import("./command/completion/bash.ts")).bashScript;
}

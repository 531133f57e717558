/**
 * credentials: refuses a password that stands where the command takes a path, a name or a note.
 *
 * A connection URL that slipped behind the wrong option would be shown as a file's name, become one, or be signed into
 * a document; there its form is another, and redaction would not know it again. What is refused is never shown. Called
 * by guard.ts, before anything else of the line is looked at.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Flag, Leaf } from "./command.ts";
import { type Token, usage } from "./tokens.ts";

type Line = {
  readonly command: Leaf;
  readonly flags: readonly Flag[];
  readonly tokens: readonly Token[];
  readonly path: readonly string[];
};

const WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s@]+@|\bpassword\s*=\s*\S/i;

export function refuseCredentials({ tokens, flags, command, path }: Line): Failure | undefined {
  let place = 0;
  for (const token of tokens) {
    const flag = flags.find(({ name }) => name === token.name);
    const takesAny = isConnection(token.name) || (flag?.kind === "list" && flag.values === "any");
    const text = token.kind === "option" ? (token.value ?? "") : token.text;
    const name = token.kind === "option" ? token.text : (command.positionals[place]?.name ?? "an argument");
    if (token.kind === "positional") place += 1;
    if (takesAny || !WITH_PASSWORD.test(text)) continue;
    const advice = "The list of processes has shown it: give the database another. A connection is named by --url";
    return usage(`${name} is given a password, which does not belong there`, path, advice);
  }
  return undefined;
}

function isConnection(name: string | null): boolean {
  return name === "url" || (name?.endsWith("-url") ?? false);
}

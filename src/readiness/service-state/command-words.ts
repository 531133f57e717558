/**
 * service-state/command-words: the words of the simple commands in a line or script, quotes taken off.
 *
 * Reads as a POSIX shell does, as far as it takes to know which word of a text is a command: quotes, comments,
 * separators, redirections, here-documents, substitutions. Runs and expands nothing. Called by command.ts.
 */
export type SimpleCommand = {
  /** 1-based, where it begins. */
  readonly line: number;
  readonly words: readonly string[];
};

/** A shell splits at `;`, `&&`, `|` and line ends; systemd only at a `;` that stands alone. */
export type Syntax = "shell" | "systemd";

type Reader = {
  readonly text: string;
  readonly syntax: Syntax;
  at: number;
  line: number;
  word: string | null;
  /** The line on which the current command began. */
  start: number;
  words: string[];
  /** The next word is the target of a redirection, or the end mark of a here-document. */
  awaited: "target" | "mark" | null;
  readonly marks: string[];
  parentheses: number;
  readonly commands: SimpleCommand[];
};

export function simpleCommands(text: string, syntax: Syntax): readonly SimpleCommand[] {
  const reader: Reader = {
    ...{ text, syntax, at: 0, line: 1, word: null, start: 1 },
    ...{ words: [], awaited: null, marks: [], parentheses: 0, commands: [] },
  };
  while (reader.at < text.length) step(reader);
  endCommand(reader);
  return reader.commands;
}

function step(reader: Reader): void {
  const { text, at, syntax } = reader;
  const character = text[at] ?? "";
  reader.at += 1;
  if (character === "\n") endLine(reader);
  else if (/\s/.test(character)) endWord(reader);
  else if (character === "\\") escaped(reader);
  else if (character === "'") quoted(reader, text.indexOf("'", at + 1));
  else if (character === '"') doubleQuoted(reader);
  else if (syntax === "systemd" || !operator(reader, character)) add(reader, character);
}

/** What only a shell knows; whether the character was one of those. */
function operator(reader: Reader, character: string): boolean {
  const next = reader.text[reader.at] ?? "";
  if (character === "#" && reader.word === null) skipComment(reader);
  else if (character === "<" || character === ">") redirect(reader, character);
  else if (character === "(") open(reader, next);
  else if (character === ")") close(reader);
  else if ("&|;`".includes(character)) endCommand(reader);
  // `$'…'` and `$"…"` are quotes; `$(` begins a command.
  else return character === "$" && ["'", '"', "("].includes(next);
  return true;
}

/** `name()` defines a function and starts nothing; any other parenthesis begins a command. */
function open(reader: Reader, next: string): void {
  endWord(reader);
  if (next === ")" && reader.words.length === 1) reader.words = [];
  endCommand(reader);
  reader.parentheses += 1;
}

/** One that was never opened ends a pattern of `case`, which is no command. */
function close(reader: Reader): void {
  endWord(reader);
  if (reader.parentheses === 0) reader.words = [];
  else reader.parentheses -= 1;
  endCommand(reader);
}

function add(reader: Reader, text: string): void {
  reader.word = (reader.word ?? "") + text;
}

function escaped(reader: Reader): void {
  const next = reader.text[reader.at] ?? "";
  reader.at += 1;
  if (next === "\n") reader.line += 1;
  else add(reader, next);
}

/** A quote that is never closed goes to the end. */
function quoted(reader: Reader, close: number): void {
  const end = close === -1 ? reader.text.length : close;
  const inside = reader.text.slice(reader.at, end);
  add(reader, inside);
  reader.line += inside.split("\n").length - 1;
  reader.at = end + 1;
}

/** A backslash quotes only what would end or begin something; a substitution inside is a command of its own. */
function doubleQuoted(reader: Reader): void {
  const { text } = reader;
  add(reader, "");
  const end = closingQuote(text, reader.at);
  const inside = text.slice(reader.at, end);
  add(reader, inside.replaceAll(/\\(["\\$`])/g, "$1"));
  if (reader.syntax === "shell") {
    for (const match of inside.matchAll(/\$\(|`/g)) nested(reader, inside.slice(match.index + match[0].length));
  }
  reader.line += inside.split("\n").length - 1;
  reader.at = end + 1;
}

function closingQuote(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === '"') return index;
  }
  return text.length;
}

/** Only its first command is looked at: where it ends is not known without reading all of the shell's grammar. */
function nested(reader: Reader, text: string): void {
  const [first] = text.split(/[\n;&|()`]/, 1);
  const words = (first ?? "").split(/\s+/).filter((word) => word !== "");
  if (words.length > 0) reader.commands.push({ line: reader.line, words });
}

function skipComment(reader: Reader): void {
  const end = reader.text.indexOf("\n", reader.at);
  reader.at = end === -1 ? reader.text.length : end;
}

/** `2>&1`, `>> file`, `<<EOF`, `<<< word`: what follows is no command, and a number before it no word. */
function redirect(reader: Reader, first: string): void {
  if (reader.word !== null && /^\d+$/.test(reader.word)) reader.word = null;
  endWord(reader);
  const [rest = ""] = /^(?:<<|<-|[<>&|]?)/.exec(reader.text.slice(reader.at, reader.at + 2)) ?? [];
  reader.at += rest.length;
  if (rest === "&" && reader.text[reader.at] === "-") reader.at += 1;
  // `<(` begins a command; the parenthesis ends this one.
  else if (reader.text[reader.at] !== "(") {
    reader.awaited = first === "<" && (rest === "<" || rest === "<-") ? "mark" : "target";
  }
}

function endWord(reader: Reader): void {
  const { word, awaited } = reader;
  if (word === null) return;
  reader.word = null;
  reader.awaited = null;
  if (awaited === "mark") reader.marks.push(word);
  if (awaited !== null) return;
  if (reader.words.length === 0) reader.start = reader.line;
  if (reader.syntax === "systemd" && word === ";") endCommand(reader);
  else reader.words.push(word);
}

function endCommand(reader: Reader): void {
  endWord(reader);
  reader.awaited = null;
  if (reader.words.length > 0) reader.commands.push({ line: reader.start, words: reader.words });
  reader.words = [];
}

function endLine(reader: Reader): void {
  if (reader.syntax === "systemd") endWord(reader);
  else endCommand(reader);
  reader.line += 1;
  for (const mark of reader.marks.splice(0)) skipDocument(reader, mark);
}

function skipDocument(reader: Reader, mark: string): void {
  while (reader.at < reader.text.length) {
    const end = reader.text.indexOf("\n", reader.at);
    const line = reader.text.slice(reader.at, end === -1 ? undefined : end);
    reader.at = end === -1 ? reader.text.length : end + 1;
    reader.line += 1;
    if (line.replace(/^\t+/, "") === mark) return;
  }
}

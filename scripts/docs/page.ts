/**
 * page: a page of the documentation as its sessions: what is typed in them, and what is printed there as the answer.
 *
 * A fenced block with a line that begins with `$ ` is a part of a session. A comment before it says more: `session:`
 * begins one on a stage of that name, `scene:` makes something happen meanwhile, `types:` answers what is asked on a
 * terminal; `slow:` keeps a session out of the tests, `not run:` a block out of everything, and both say why. Pure;
 * read by play.ts, update.ts and their tests.
 */

export type Step = {
  /** As it is typed, over several lines where it goes on: a backslash, a here-document. */
  readonly command: string;
  readonly output: readonly string[];
  /** Of the first and behind the last line of the output, from 0. */
  readonly outputLines: readonly [number, number];
};

export type Block = {
  /** Of its opening fence, from 1. */
  readonly line: number;
  readonly steps: readonly Step[];
  readonly session: string | null;
  readonly scene: string | null;
  readonly types: string | null;
  readonly slow: string | null;
  readonly notRun: string | null;
};

/** A fenced block without a prompt: a file, or a listing. */
export type Listing = { readonly line: number; readonly language: string; readonly lines: readonly string[] };

export type Page = {
  readonly path: string;
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
  readonly listings: readonly Listing[];
  /** Comments that say something no rule knows, or stand before no block. */
  readonly stray: readonly string[];
};

const PROMPT = "$ ";
const FENCE = /^```(\w*)\s*$/;
const COMMENT = /^<!-- (session|scene|types|slow|not run): (.+) -->$/;

export function parsePage(path: string, text: string): Page {
  const lines = text.split("\n");
  const page = { blocks: [] as Block[], listings: [] as Listing[], stray: [] as string[] };
  let said: Record<string, string> = {};
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const comment = COMMENT.exec(line);
    if (comment !== null) said = { ...said, [comment[1] ?? ""]: comment[2] ?? "" };
    else if (line.startsWith("<!--")) page.stray.push(`${path}:${at + 1} ${line}`);
    const fence = FENCE.exec(line);
    if (fence === null) {
      if (comment !== null || line.trim() === "" || Object.keys(said).length === 0) continue;
      page.stray.push(`${path}:${at + 1} a comment stands before no block: ${line}`);
      said = {};
      continue;
    }
    const end = lines.findIndex((one, index) => index > at && one.startsWith("```"));
    if (end === -1) throw new Error(`${path}:${at + 1}: the block has no end`);
    const body = lines.slice(at + 1, end);
    if (body.some((one) => one.startsWith(PROMPT))) page.blocks.push(blockOf({ lines, at, end }, said));
    else page.listings.push({ line: at + 1, language: fence[1] ?? "", lines: body });
    said = {};
    at = end;
  }
  return { path, lines, ...page };
}

type Span = { readonly lines: readonly string[]; readonly at: number; readonly end: number };

function blockOf({ lines, at, end }: Span, said: Readonly<Record<string, string>>): Block {
  const steps: Step[] = [];
  let next = at + 1;
  while (next < end) {
    const last = lastOfCommand(lines, next, end);
    const first = lines.slice(next, last + 1).join("\n");
    if (!first.startsWith(PROMPT)) throw new Error(`line ${next + 1}: a session begins with a command`);
    const following = lines.findIndex((line, index) => index > last && line.startsWith(PROMPT));
    const stop = following === -1 || following > end ? end : following;
    const outputLines = [last + 1, stop] as const;
    steps.push({ command: first.slice(PROMPT.length), output: lines.slice(...outputLines), outputLines });
    next = stop;
  }
  const { session = null, scene = null, types = null, slow = null, "not run": notRun = null } = said;
  return { line: at + 1, steps, session, scene, types, slow, notRun };
}

/** The line in which a command ends that begins in this one. */
function lastOfCommand(lines: readonly string[], first: number, end: number): number {
  const word = /<<-?'?(\w+)'?/.exec(lines[first] ?? "")?.[1];
  for (let at = first; at < end; at += 1) {
    const line = lines[at] ?? "";
    if (word === undefined ? !line.endsWith("\\") : at > first && line === word) return at;
  }
  throw new Error(`line ${first + 1}: the command has no end`);
}

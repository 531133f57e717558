/**
 * docs: README.md and docs/ as they have to be: `bun scripts/docs.ts` writes the generated pages anew, `--update
 * [FILE…]` plays the sessions of the others on the built program and replaces the answers that are not true any more.
 *
 * `--check` changes nothing and exits 1 where something is stale. The tests beside scripts/docs ask the same. Run by
 * hand, after scripts/build.ts.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFiles } from "./database/files.ts";
import { generatedPages } from "./docs/generated.ts";
import { type Page, parsePage } from "./docs/page.ts";
import { type Played, playSession, sessionsOf } from "./docs/play.ts";
import { openTheatre, type Theatre } from "./docs/stages.ts";
import { updatedPage } from "./docs/update.ts";

const ROOT = join(import.meta.dirname, "..");

type Order = { readonly mode: "write" | "update" | "check"; readonly files: readonly string[] };

/** Paths of the pages that are written by hand. */
export function writtenPages(): string[] {
  const generated = new Set(generatedPages().map(({ path }) => path));
  const below = readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`);
  return ["README.md", ...below.filter((path) => path.endsWith(".md") && !generated.has(path)).sort()];
}

export function readPage(path: string): Page {
  return parsePage(path, readFileSync(join(ROOT, path), "utf8"));
}

async function main({ mode, files }: Order): Promise<number> {
  const stale = generatedPages().filter(({ path, text }) => text !== textOf(path));
  for (const { path, text } of mode === "check" ? [] : stale) writeFileSync(join(ROOT, path), text);
  for (const { path } of stale) say(`${path} ${mode === "check" ? "is stale" : "was written anew"}`);
  if (mode === "write") return 0;
  const pages = writtenPages().filter((path) => files.length === 0 || files.includes(path));
  const theatre = await openTheatre();
  const changed: string[] = [];
  for (const path of pages) changed.push(...(await play(theatre, { path, mode })));
  await theatre.close();
  removeFiles();
  return mode === "check" && stale.length + changed.length > 0 ? 1 : 0;
}

async function play(theatre: Theatre, { path, mode }: { path: string; mode: Order["mode"] }): Promise<string[]> {
  const page = readPage(path);
  const played: Played[] = [];
  for (const session of sessionsOf(page)) played.push(...(await playSession(theatre, session)));
  const stale = played.filter(({ problem }) => problem !== null);
  for (const { step, problem } of stale) say(`${path}:${step.outputLines[0]} $ ${step.command}\n  ${problem}`);
  if (mode === "update" && stale.length > 0) writeFileSync(join(ROOT, path), updatedPage(page, played));
  return stale.map(() => path);
}

function textOf(path: string): string {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return "";
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.main) {
  const words = process.argv.slice(2);
  const mode = words.includes("--check") ? "check" : words.includes("--update") ? "update" : "write";
  process.exitCode = await main({ mode, files: words.filter((word) => !word.startsWith("--")) });
}

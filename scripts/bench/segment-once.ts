/**
 * segment-once: cuts or parses one file in a process of its own, and says how long it took and how much memory it had.
 *
 * `bun segment-once.ts ours|markdown-it|nothing FILE PROFILE RUNS`: the runs are in one process, as many as are asked
 * for, and each is told; reading the file is not measured. Started by segment.ts, never by a person.
 */
import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import { BUILT_IN_PROFILES } from "../../src/flow/profiles/built-in.ts";
import { segment } from "../../src/flow/segment/segment.ts";

const [, , who = "", file = "", name = "", runs = "1"] = process.argv;
const bytes = new Uint8Array(readFileSync(file));
const times: number[] = [];
for (let run = 0; run < Number(runs); run += 1) {
  const work = prepare();
  const start = performance.now();
  work();
  times.push(performance.now() - start);
}
process.stdout.write(`${JSON.stringify({ times, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);

function prepare(): () => unknown {
  if (who === "nothing") return () => bytes.length;
  if (who === "markdown-it") {
    const text = new TextDecoder().decode(bytes);
    const parser = new MarkdownIt();
    return () => parser.parse(text, {});
  }
  const profile = BUILT_IN_PROFILES.find((known) => known.name === name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return () => segment(bytes, "BENCH", profile);
}

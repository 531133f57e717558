/**
 * deploy: brings dist/cutter to a host, through ssh: scripts/deploy HOST [--to DIRECTORY].
 *
 * Ends with what is in place there. Ctrl-C before the rename leaves everything as it was. Run by hand, by
 * scripts/deploy.
 */
import { resolve } from "node:path";
import { join } from "node:path/posix";
import { deploy, type Order } from "./delivery/deploy.ts";

const USAGE = [
  "usage: scripts/deploy HOST [--to DIRECTORY] [--user NAME] [--from FOLDER] [--back] [-o OPTION] [-F FILE]",
  "HOST as ssh takes it. --to: /usr/local/bin if left out; a relative one is in the home there.",
  "--back exchanges cutter and cutter.previous there. -o and -F go to ssh. --from: where the files are; dist/.",
];

const VALUED = ["--to", "--user", "--from", "-o", "-F"] as const;
type Valued = (typeof VALUED)[number];

/** A sentence where the words are not understood. */
function orderOf(words: readonly string[]): Order | string {
  const values = new Map<Valued, string>();
  const sshWords: string[] = [];
  const hosts: string[] = [];
  let mode: Order["mode"] = "place";
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const valued = VALUED.find((name) => name === word);
    if (word === "--back") mode = "back";
    else if (valued === undefined && word.startsWith("-")) return `unknown option: ${word}`;
    else if (valued === undefined) hosts.push(word);
    else {
      at += 1;
      const value = words[at];
      if (value === undefined || value === "") return `${word} needs a value`;
      if (valued === "-o" || valued === "-F") sshWords.push(valued, value);
      else if (values.has(valued)) return `${word} is given twice`;
      else values.set(valued, value);
    }
  }
  const [host, stray] = hosts;
  if (host === undefined) return "which host?";
  if (stray !== undefined) return `unexpected word: ${stray}`;
  const user = values.get("--user");
  const directory = values.get("--to") ?? "/usr/local/bin";
  // One that begins with a hyphen would be an option of the programs there.
  const plain = directory.startsWith("/") ? directory : `./${directory}`;
  const from = resolve(values.get("--from") ?? join(import.meta.dirname, "../dist"));
  return {
    ...{ host, mode, from, directory: plain.replace(/(?<=.)\/+$/, "") },
    sshWords: [...sshWords, ...(user === undefined ? [] : ["-l", user])],
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (process.argv.includes("--help") || process.argv.includes("-h")) {
  process.stdout.write(`${USAGE.join("\n")}\n`);
  process.exit(0);
}
const order = orderOf(process.argv.slice(2));
if (typeof order === "string") {
  for (const line of [order, ...USAGE]) say(line);
  process.exit(2);
}
const interrupted = new Promise<void>((resolveIt) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolveIt());
});
const { exit, lines } = await deploy(order, { say, interrupted });
for (const line of lines) process.stdout.write(`${line}\n`);
process.exit(exit);

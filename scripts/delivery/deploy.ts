/**
 * deploy: brings the program to a host: copied aside, compared, tried there, put in place by a rename, tried again.
 *
 * Whatever goes wrong, the program that was there stays or comes back, and the last line says so. Where the connection
 * ends before anybody could say, the host is asked once more; what it does not answer is not guessed. Called by
 * scripts/deploy.ts.
 */
import { type NoProgram, type ProgramFile, programFor } from "./program-for.ts";
import { openRemote, type Place, type Remote } from "./remote.ts";

export type Order = Place & {
  /** Where the files and SHA256SUMS are. */
  readonly from: string;
  readonly mode: "place" | "back";
};

/** `exit` as cutter's own: 0 done, 2 usage, 3 not proven, 5 could not be done, 7 outcome unknown, 130 interrupted. */
export type Outcome = { readonly exit: 0 | 2 | 3 | 5 | 7 | 130; readonly lines: readonly string[] };

export type Watching = {
  say(line: string): void;
  /** Resolves when somebody wants it to end. */
  readonly interrupted: Promise<void>;
};

const EXIT_OF = { usage: 2, unproven: 3 } as const;
const UNTOUCHED = "On the host, what was in place before is in place.";
/** ssh ends so where it could not connect. */
const SSH_FAILED = 255;
const PATIENCE = { looks: 20, pauseMs: 500 };

/** What the host has said so far. */
type Heard = {
  host: string | null;
  /** Digest of the program in place before, and of the one that is sent. */
  before: string | null;
  sent: string | null;
  told: "nothing" | "go";
  failed: string | null;
  placed: string | null;
  readonly left: string[];
};

export async function deploy(order: Order, watching: Watching): Promise<Outcome> {
  const heard: Heard = { host: null, before: null, sent: null, told: "nothing", failed: null, placed: null, left: [] };
  const remote = openRemote(order, order.mode);
  const asked: { interruption: "no" | "yes" } = { interruption: "no" };
  void watching.interrupted.then(() => {
    asked.interruption = "yes";
    remote.cut();
  });
  const refused = await converse(order, { remote, heard, say: watching.say });
  const code = await remote.end();
  if (refused !== null) return refused;
  if (heard.placed !== null) return placed(heard, order);
  if (heard.failed !== null && asked.interruption === "no") return failed(heard.failed, order);
  if (heard.host === null && heard.told === "nothing" && asked.interruption === "no") return unreached(order, code);
  const seen = await settled(order);
  // Ctrl-C ends ssh too, which may be seen first.
  return unfinished({ order, heard, seen, exit: asked.interruption === "yes" ? 130 : 5 });
}

type Talk = { readonly remote: Remote; readonly heard: Heard; say(line: string): void };

/** Until the host has nothing more to say. Not null where there is nothing to send. */
async function converse(order: Order, { remote, heard, say }: Talk): Promise<Outcome | null> {
  for (let line = await remote.next(); line !== null; line = await remote.next()) {
    const [, word = "", rest = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (word === "|") say(`  ${rest}`);
    if (word === "host") heard.host = rest;
    if (word === "there" && !rest.endsWith(".previous")) heard.before = rest.split(" ")[0] ?? null;
    if (word === "left") heard.left.push(rest);
    if (word === "failed") heard.failed = rest;
    if (word === "placed") heard.placed = rest;
    // Its last word: what else holds the connection open is not waited for.
    if (word === "failed" || word === "placed") return null;
    if (word === "copied") say("copied, and the digest there is the same; trying it there");
    if (word === "tried") {
      heard.told = "go";
      say("putting it in place, and trying it again");
      await remote.send("go\n");
    }
    if (word !== "free") continue;
    const program = programFor(heard.host ?? "", order.from);
    const outcome = "reason" in program ? without(program) : unfit(program, { heard, order, freeKib: Number(rest) });
    if (outcome !== null) return outcome;
    await sendProgram(program as ProgramFile, { remote, heard, say });
  }
  return null;
}

async function sendProgram({ path, bytes, sha256 }: ProgramFile, { remote, heard, say }: Talk): Promise<void> {
  heard.sent = sha256;
  say(`copying ${path} (${Math.ceil(bytes.byteLength / 1_000_000)} MB, sha256 ${sha256})`);
  if (await remote.send(`${bytes.byteLength} ${sha256}\n`)) await remote.send(bytes);
}

function without({ code, reason, next }: NoProgram): Outcome {
  return { exit: EXIT_OF[code], lines: [reason, UNTOUCHED, `next: ${next}`] };
}

type Fitting = { readonly heard: Heard; readonly order: Order; readonly freeKib: number };

/** Null where it can be sent. */
function unfit({ bytes, sha256 }: ProgramFile, { heard, order, freeKib }: Fitting): Outcome | null {
  if (heard.before === sha256) {
    const lines = [`it is there already: ${order.directory}/cutter has sha256 ${sha256}; nothing was changed`];
    return { exit: 0, lines: [...lines, ...leftLines(heard)] };
  }
  const needed = Math.ceil(bytes.byteLength / 1024);
  if (!(freeKib < needed)) return null;
  const reason = `no space: ${order.directory} has ${freeKib} KiB free, and ${needed} are needed`;
  return { exit: 5, lines: [reason, UNTOUCHED, "next: make room there, or name another directory with --to"] };
}

function placed({ placed: version, before, left }: Heard, { directory, mode }: Order): Outcome {
  const lines = [`in place: ${directory}/cutter is ${version}`];
  const kept = `the one before is ${directory}/cutter.previous; --back exchanges them`;
  const isKept = mode === "back" || before !== null;
  return { exit: 0, lines: [...lines, ...(isKept ? [kept] : []), ...leftLines({ left })] };
}

/** Of a deployment that the host itself did not live through. */
function leftLines({ left }: Pick<Heard, "left">): readonly string[] {
  return left.map((path) => `an earlier deployment left ${path}; if none is running: rm ${path}`);
}

type Said = readonly [exit: Outcome["exit"], sentence: string, next: string];

const SAID: Readonly<Record<string, Said>> = {
  absent: [5, "there is no such directory there", "make it, or name another one with --to"],
  unwritable: [
    5,
    "the directory there may not be written",
    "deploy as a user who may (user@host), or name another: --to",
  ],
  occupied: [5, "what lies there under that name is no file", "move it away, or name another directory with --to"],
  unwritten: [5, "the host could not write it", "make room there, or name another directory with --to"],
  digest: [3, "what arrived has another digest", "run it again; if it stays so, look at the network and the disks"],
  selftest: [3, "its selftest failed there, with exit code", "read what it said above; the build may not fit the host"],
  interrupted: [130, "interrupted before it was put in place", "run it again"],
  unkept: [5, "the program that is there could not be kept", "look at the file system there"],
  unplaced: [5, "it could not be put in place", "look at the file system there"],
  no_previous: [2, "there is nothing to go back to", "scripts/deploy without --back brings this build there"],
};

/** What the host's script says before it ends is about a host on which nothing was changed, or was changed back. */
function failed(said: string, { host }: Order): Outcome {
  const [, word = "", detail = ""] = /^(\S+) ?(.*)$/.exec(said) ?? [];
  if (word === "unrestored") {
    const lines = [`${host}: its selftest failed in place, and the program before could not be put back`];
    return { exit: 7, lines: [...lines, `The program before is there as ${detail}.`, "next: put it in place by hand"] };
  }
  const [exit, sentence, next] = SAID[word] ?? [5, said, "run it again"];
  const lines = [`${host}: ${sentence}${detail === "" ? "" : `: ${detail}`}`, UNTOUCHED, `next: ${next}`];
  return { exit, lines };
}

function unreached({ host, sshWords }: Order, code: number): Outcome {
  const why = code === SSH_FAILED ? `${host} cannot be reached, or does not let you in` : `ssh ended with ${code}`;
  return {
    exit: 5,
    lines: [`${why}; ssh said why above`, UNTOUCHED, `next: ${["ssh", ...sshWords, host].join(" ")} true`],
  };
}

type Unfinished = {
  readonly order: Order;
  readonly heard: Heard;
  /** What was there when it was looked at again; null where the host did not answer. */
  readonly seen: Seen | null;
  readonly exit: 5 | 130;
};

/** The connection is gone, the host's script is not: it ends by itself, and what it then left was looked at. */
function unfinished({ order, heard, seen, exit }: Unfinished): Outcome {
  const first = exit === 130 ? "interrupted" : `the connection to ${order.host} ended`;
  const ask = `ssh ${order.host} 'ls -la ${order.directory}/cutter* ${order.directory}/.cutter.deploy.*'`;
  if (seen === null) {
    if (heard.told === "nothing") return { exit, lines: [first, UNTOUCHED, `to see it, when it answers: ${ask}`] };
    const lines = [`${first} while it was put in place, and the host does not answer`];
    return {
      exit: 7,
      lines: [...lines, "One of both is there, whole: the new one or the one before.", `next: ${ask}`],
    };
  }
  const leftovers = seen.left.map((path) => `left there, for you to remove: rm ${path}`);
  const isNew = seen.before !== null && seen.before === heard.sent && heard.sent !== heard.before;
  if (isNew) return { exit, lines: [`${first}; by then the new program was in place, and is there`, ...leftovers] };
  const is = seen.before === heard.before ? "as it was before" : `another one: sha256 ${seen.before}`;
  return {
    exit,
    lines: [first, `Looked at again: what is in place there is ${is}.`, ...leftovers, "next: run it again"],
  };
}

type Seen = { readonly before: string | null; readonly left: readonly string[] };

/** Asked until nothing of it is left, a while long; never for a password. */
async function settled(order: Order): Promise<Seen | null> {
  let seen: Seen | null = null;
  for (let look = 0; look < PATIENCE.looks; look++) {
    seen = await lookOnce(order);
    if (seen === null || seen.left.length === 0) return seen;
    await Bun.sleep(PATIENCE.pauseMs);
  }
  return seen;
}

async function lookOnce(order: Order): Promise<Seen | null> {
  const quick = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=5", ...order.sshWords];
  const remote = openRemote({ ...order, sshWords: quick }, "look");
  const left: string[] = [];
  let before: string | null = null;
  for (let line = await remote.next(); line !== null; line = await remote.next()) {
    const [, word, rest = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (word === "there" && !rest.endsWith(".previous")) before = rest.split(" ")[0] ?? null;
    if (word === "left") left.push(rest);
  }
  return (await remote.end()) === 0 ? { before, left } : null;
}

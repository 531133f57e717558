/**
 * docs.test: what stands in README.md and docs/ is what the program says: generated pages are not old, every session is
 * played on the built program and answers what is printed, and what is not played says why.
 *
 * The sessions are played in two rows beside each other, each on a server of its own.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readPage, writtenPages } from "../docs.ts";
import { generatedPages } from "./generated.ts";
import { playSession, type Session, sessionsOf } from "./play.ts";
import { openTheatre, type Theatre } from "./stages.ts";

const ROOT = join(import.meta.dirname, "../..");
const PATIENCE_MS = 180_000;
const ROWS = 2;

const pages = writtenPages().map(readPage);

test.each(generatedPages().map(({ path, text }) => [path, text] as const))("%s is not old", (path, text) => {
  expect(readFileSync(join(ROOT, path), "utf8")).toBe(text);
});

/** Each is a thing that no test can do; a new one is a decision, made here in the open. */
const NOT_RUN = [
  "it needs another host, and root there",
  "it needs a project of Django",
  "it takes half a minute, and the suite runs it on the built program by itself",
  "it takes a signing key and two builds; scripts/delivery/release-signature.test.ts signs and verifies",
  "it takes another host; scripts/delivery/deploy.test.ts does it over ssh on loopback",
  "the suite runs it on the built program, after all else",
  "it writes where root may; src/cli/command/completion/completion.test.ts asks the shells",
  "what it finds is this machine's; src/readiness/uninstall.test.ts and src/cli/faults/uninstall.test.ts do it",
  "it takes ten seconds, and the suite runs it on the built program by itself",
];

/** Played by `bun scripts/docs.ts --check` alone; each names the test of the suite that provokes the same. */
const SLOW = [
  "it waits for 30 seconds, and src/cli/faults/live-failed.test.ts does the same",
  "a sandbox takes its time to start, and src/cli/faults/sandbox.test.ts does the same",
];

test("a block that is not played here says why, and the reasons are these", () => {
  const said = (what: "notRun" | "slow"): string[] => {
    const all = pages.flatMap(({ blocks }) => blocks.flatMap((block) => block[what] ?? []));
    return [...new Set(all)].sort();
  };
  expect({ notRun: said("notRun"), slow: said("slow") }).toEqual({ notRun: NOT_RUN.sort(), slow: SLOW.sort() });
});

test("no comment is lost, no command hides in a block that is not a session, and none is answered by … alone", () => {
  const stray = pages.flatMap((page) => page.stray);
  const hidden = pages.flatMap(({ path, listings }) =>
    listings.flatMap(({ line, language, lines }) =>
      language === "console" || lines.some((one) => /^\s*(\$|#|sudo|cutter)\s/.test(one) && language !== "toml")
        ? [`${path}:${line}`]
        : [],
    ),
  );
  const empty = pages.flatMap(({ path, blocks }) =>
    blocks.flatMap(({ steps }) =>
      steps
        .filter(({ output }) => output.length > 0 && output.every((line) => line.trim() === "…" || line.trim() === ""))
        .map(({ command }) => `${path}: ${command}`),
    ),
  );
  expect({ stray, hidden, empty }).toEqual({ stray: [], hidden: [], empty: [] });
});

test("links between the pages lead to a page, and to a heading in it", () => {
  const all = [...pages.map(({ path, lines }) => ({ path, text: lines.join("\n") })), ...generatedPages()];
  const anchors = new Map(all.map(({ path, text }) => [path, headingsOf(text)]));
  const broken = all.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].flatMap(([link, file = "", anchor]) => {
      const target = file === "" ? path : join(path, "..", file);
      const known = anchors.get(target);
      if (known === undefined) return ["LICENSE", "CHANGELOG.md"].includes(target) ? [] : [`${path}: ${link}`];
      return anchor === undefined || known.has(anchor) ? [] : [`${path}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});

/** As a forge makes them of headings. */
function headingsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("the sessions", () => {
  const sessions = pages
    .flatMap((page) => sessionsOf(page).map((session) => ({ path: page.path, session })))
    .filter(({ session }) => session.blocks.every(({ slow }) => slow === null));
  const theatres: Promise<Theatre>[] = [];
  afterAll(async () => {
    for (const theatre of theatres) await (await theatre).close();
  });
  const rows = Array.from({ length: ROWS }, () => Promise.resolve<unknown>(null));
  /** Each begins when the one before it in its row has ended, whatever came of it. */
  const results = sessions.map(({ session }, index) => () => {
    const row = index % ROWS;
    theatres[row] ??= openTheatre();
    const result = (rows[row] ?? Promise.resolve())
      .catch(() => {})
      .then(async () => problemsOf(await theatres[row], session));
    rows[row] = result;
    return result;
  });
  let started: readonly Promise<readonly string[]>[] | null = null;
  test.each(sessions.map(({ path, session }, index) => [path, session.blocks[0]?.line ?? 0, index] as const))(
    "%s, from line %d, answers what is printed there",
    async (_path, _line, index) => {
      started ??= results.map((start) => start());
      expect(await started[index]).toEqual([]);
    },
    PATIENCE_MS,
  );
});

async function problemsOf(theatre: Theatre | undefined, session: Session): Promise<readonly string[]> {
  if (theatre === undefined) throw new Error("there is no theatre");
  const played = await playSession(theatre, session);
  return played.flatMap(({ block, step, problem }) =>
    problem === null ? [] : [`line ${block.line}: $ ${step.command}\n  ${problem}`],
  );
}

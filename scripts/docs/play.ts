/**
 * play: plays the sessions of a page with the built program, as a reader would type them, and tells what differs.
 *
 * A session is all blocks from one `session:` to the next; it begins on its stage, and each of its commands finds what
 * the ones before it left. Names on the page (runs, digests, the port, the home) become those of this run on the way
 * in, and the page's again on the way out. Used by docs.test.ts and by update.ts; changes no file of the project.
 */
import { difference, Names, RULES } from "./compare.ts";
import type { Block, Page, Step } from "./page.ts";
import { makeScene } from "./scenes.ts";
import { openShell, type Shell } from "./shell.ts";
import { STAGES, type Stage, type StageName, type Theatre } from "./stages.ts";

export type Session = { readonly stage: StageName; readonly blocks: readonly Block[] };

export type Played = {
  readonly block: Block;
  readonly step: Step;
  /** In the page's own names. */
  readonly answer: readonly string[];
  /** null where the page says what was answered. */
  readonly problem: string | null;
};

/** The sessions of a page in order. Throws where a block stands before the first, or a stage is not known. */
export function sessionsOf({ path, blocks }: Page): Session[] {
  const sessions: { stage: StageName; blocks: Block[] }[] = [];
  for (const block of blocks) {
    if (block.session !== null) {
      const stage = STAGES.find((name) => name === block.session);
      if (stage === undefined) throw new Error(`${path}:${block.line}: no stage is called ${block.session}`);
      sessions.push({ stage, blocks: [] });
    }
    if (block.notRun !== null) continue;
    const current = sessions.at(-1);
    if (current === undefined) throw new Error(`${path}:${block.line}: no session has begun; say which stage it is on`);
    current.blocks.push(block);
  }
  return sessions;
}

export async function playSession(theatre: Theatre, { stage: name, blocks }: Session): Promise<Played[]> {
  const stage = await theatre.stage(name);
  const names = new Names();
  const commands = blocks.flatMap(({ steps }) => steps.map(({ command }) => command)).join("\n");
  const [first] = commands.match(runRule()) ?? [];
  if (stage.run !== null && first !== undefined) names.bind(first, stage.run);
  const shell = openShell(stage.reader);
  const played: Played[] = [];
  try {
    for (const block of blocks) {
      const end = block.scene === null ? null : await makeScene(block.scene, stage);
      for (const step of block.steps) {
        const given = await type(shell, { block, step, stage, names });
        const problem = difference(step.output, given, names);
        const answer = problem === null ? step.output : given.map((line) => names.onPage(line));
        played.push({ block, step, answer, problem });
      }
      await end?.();
    }
  } finally {
    await shell.close();
  }
  return played;
}

function runRule(): RegExp {
  const rule = RULES.find(({ name }) => name === "run");
  if (rule === undefined) throw new Error("there is no rule for runs");
  return rule.pattern;
}

/** Of a block that says what is typed, the commands that ask for it. */
const ASKS = /^cutter (resume|revert|hold clear) /;

const SHORT = 8;

type Asking = { readonly block: Block; readonly command: string };

type Typing = { readonly block: Block; readonly step: Step; readonly stage: Stage; readonly names: Names };

/** The answer, in this run's names of runs and digests, and the page's of places. */
async function type(shell: Shell, { block, step, stage, names }: Typing): Promise<readonly string[]> {
  const command = placesInRun(names.inRun(step.command), stage);
  const given =
    block.types === null || !ASKS.test(command)
      ? await shell.run(command)
      : await shell.runTyped(command, await wordsFor(shell, { block, command }));
  return given.lines.map((line) => placesOnPage(line, stage));
}

/** What is typed where something is asked: for `plan` its digest, as much of it as is asked for; for `run` its id. */
async function wordsFor(shell: Shell, { block, command }: Asking): Promise<(question: string) => string> {
  const { types } = block;
  const [run = ""] = command.match(runRule()) ?? [];
  if (types === "run") return () => run;
  if (types !== "plan") return () => types ?? "";
  const { lines } = await shell.run(`cutter show ${run} --json`);
  const { cutplanSha256 } = JSON.parse(lines.join("\n")) as { readonly cutplanSha256: string };
  return (question) => (question.includes("in full") ? cutplanSha256 : cutplanSha256.slice(0, SHORT));
}

/** A port stands behind a colon or an equals sign. */
function placesInRun(command: string, { places }: Stage): string {
  return places.reduce((text, [onPage, inRun]) => {
    const isPort = /^\d+$/.test(onPage);
    return text.replaceAll(new RegExp(isPort ? `(?<=[:=])${onPage}\\b` : onPage, "g"), inRun);
  }, command);
}

function placesOnPage(line: string, { places }: Stage): string {
  return places.reduce((text, [onPage, inRun]) => text.replaceAll(inRun, onPage), line);
}

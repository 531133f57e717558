/**
 * live-progress.test: what a person sees of a live run: each phase as it passes, on a terminal and in a pipe; after a
 * Ctrl-C in the middle of leg A; and with nobody there to tell it to.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type LiveStage, pauseAt, resumeWords, SECOND_UNIT, stageLive } from "../../../scripts/faults/live-stage.ts";
import { drawnLines, screenOf } from "../../../scripts/faults/screen.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { onTerminal } from "../../../scripts/faults/terminal.ts";

const PATIENCE_MS = 60_000;
const ESCAPE = String.fromCharCode(27);
const CTRL_C = "\x03";

let stage: LiveStage;
beforeAll(async () => {
  stage = await stageLive(await anyServer());
}, PATIENCE_MS);
afterAll(() => stage.database.drop());

const units = (): string =>
  stage.database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'");
const times = (line: string): string => line.replaceAll(/\d+\.\d s/g, "T").replaceAll(/^\d+ s/g, "T");

test(
  "Ctrl-C in leg A: the terminal is as it was, no line of progress is left, and nothing was written",
  async () => {
    const pause = await pauseAt(stage.database, SECOND_UNIT);
    const typist = onTerminal(await resumeWords(stage), stage.desk.state, { columns: 80 });
    await typist.shows("cut_leg_a (2 of 4)");
    await pause.reached();
    typist.type(CTRL_C);
    expect([await typist.exited, units()]).toEqual([130, "0"]);
    await pause.release();
    stage.database.psql("DROP TRIGGER test_pause ON public.unit_version; DROP FUNCTION public.test_pause()");
    const screen = screenOf(typist.bytes(), 80);
    expect(screen.filter((line) => /^\d+ s, |\^C/.test(line))).toEqual([]);
    expect(screen.map(times)).toContain("done   T  pre_write_backup (1 of 4)");
    expect(drawnLines(typist.bytes()).map(times)).toContain("T, cut_leg_a (2 of 4)^C");
    expect(typist.bytes()).not.toMatch(new RegExp(`${ESCAPE}\\[\\?`));
  },
  PATIENCE_MS,
);

test(
  "with stderr closed it goes on to its gate; in a pipe each phase is a plain line, and JSON is one document",
  async () => {
    const words = await resumeWords(stage);
    const closed = await stage.desk.run(words, { script: '"$@" 2>&-' });
    expect([closed.code, closed.stderr, units()]).toEqual([6, "", "3"]);
    const approval = await stage.desk.approve(stage.run, "SG2");
    const ended = await stage.desk.run([...(await resumeWords({ ...stage, approval })), "--json"]);
    expect([ended.code, JSON.parse(ended.stdout).state]).toEqual([0, "CLOSEOUT_REPORTED"]);
    expect(ended.stderr).not.toMatch(new RegExp(`[${ESCAPE}\\r]`));
    const told = ended.stderr.split("\n").filter((line) => /^(to do|done): /.test(line));
    expect(told.map(times)).toEqual([
      "to do: lifecycle_enact, closeout",
      "done: lifecycle_enact (1 of 2), T",
      "done: closeout (2 of 2), T",
    ]);
  },
  PATIENCE_MS,
);

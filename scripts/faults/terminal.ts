/**
 * terminal: the program under test on a terminal of its own, where somebody reads and types.
 *
 * A real pseudo-terminal: what a pipe is refused for is asked here. Used by the tests of what a person types; never by
 * the program.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf, expectNoSecret, programWords } from "./program.ts";

export type Typist = {
  /** All that was shown so far, without colours and with single spaces. */
  text(): string;
  /** Resolves when it was shown; throws with what was, where the program ends before. */
  shows(words: string): Promise<void>;
  type(keys: string): void;
  readonly exited: Promise<number>;
};

const POLL_MS = 20;
/** ECMA-48 control sequences. */
const SEQUENCES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

export function onTerminal(argv: readonly string[], stateDirectory: string, program?: string): Typist {
  const home = mkdtempSync(join(tmpdir(), "cutter-fault-"));
  let shown = "";
  const child = Bun.spawn([...programWords(program), ...argv], {
    cwd: home,
    env: { ...environmentOf(home), CUTTER_STATE_DIR: stateDirectory, TERM: "xterm" },
    terminal: {
      cols: 100,
      rows: 40,
      data: (_terminal, bytes) => {
        shown += new TextDecoder().decode(bytes);
      },
    },
  });
  const text = (): string => shown.replaceAll(SEQUENCES, "").replaceAll(/\s+/g, " ");
  const exited = child.exited.then((code) => {
    child.terminal?.close();
    expectNoSecret({ terminal: text() });
    return code;
  });
  return {
    text,
    exited,
    async shows(words) {
      while (!text().includes(words)) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}, and showed: ${text()}`);
        await Bun.sleep(POLL_MS);
      }
    },
    type: (keys) => void child.terminal?.write(keys),
  };
}

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
  /** All that the terminal was sent, byte for byte. */
  bytes(): string;
  /** Resolves when it was shown; throws with what was, where the program ends before. */
  shows(words: string): Promise<void>;
  type(keys: string): void;
  resize(columns: number): void;
  readonly exited: Promise<number>;
};

const POLL_MS = 20;
const [COLUMNS, ROWS] = [100, 40];
/** ECMA-48 control sequences. */
const SEQUENCES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

export type Setting = {
  /** Instead of the program under test: what is started, with `argv` behind it. */
  readonly program?: readonly string[];
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
};

export function onTerminal(argv: readonly string[], stateDirectory: string, setting: Setting = {}): Typist {
  const { program = programWords(), columns = COLUMNS, environment = {} } = setting;
  const home = mkdtempSync(join(tmpdir(), "cutter-fault-"));
  let shown = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([...program, ...argv], {
    cwd: home,
    env: { ...environmentOf(home), CUTTER_STATE_DIR: stateDirectory, TERM: "xterm", ...environment },
    terminal: {
      cols: columns,
      rows: ROWS,
      data: (_terminal, bytes) => {
        shown += decoder.decode(bytes, { stream: true });
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
    bytes: () => shown,
    exited,
    async shows(words) {
      while (!text().includes(words)) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}, and showed: ${text()}`);
        await Bun.sleep(POLL_MS);
      }
    },
    resize: (wide) => void child.terminal?.resize(wide, ROWS),
    type: (keys) => void child.terminal?.write(keys),
  };
}

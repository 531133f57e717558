/**
 * shell: one bash for a whole session, in which one command is typed after the other, as the reader does it.
 *
 * Directory, variables and `$?` go on from command to command; both streams of a command come in the order in which
 * they were written. A command that asks something gets a terminal of its own. Runs as an account without rights where
 * we are root, in an environment that names no database. Used by play.ts.
 */

export type Reader = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Words that start a program as the reader. */
  readonly as: readonly string[];
};

export type Answer = { readonly exit: number; readonly lines: readonly string[] };

export type Shell = {
  run(command: string): Promise<Answer>;
  /** On a terminal, where this is typed once something is asked. */
  runTyped(command: string, answer: (question: string) => string): Promise<Answer>;
  close(): Promise<void>;
};

const PATIENCE_MS = 90_000;
const ASKED = "anything else leaves it:";
const END = "@@ the command has ended:";
const ENDED = new RegExp(`(?:^|\n)${END} (\\d+)\n`);
const BASH = ["bash", "--norc", "--noprofile"];

export function openShell({ home, environment, as }: Reader): Shell {
  const options = { cwd: home, env: { ...environment }, stdin: "pipe", stdout: "pipe", stderr: "inherit" } as const;
  const bash = Bun.spawn([...as, ...BASH], options);
  const reader = bash.stdout.getReader();
  const decoder = new TextDecoder();
  let exit = 0;
  const read = async (command: string): Promise<Answer> => {
    let said = "";
    let ended = ENDED.exec(said);
    while (ended === null) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the shell has ended, or had to be, in: ${command}\n${said}`);
      said += decoder.decode(value, { stream: true });
      ended = ENDED.exec(said);
    }
    exit = Number(ended[1]);
    return { exit, lines: linesOf(said.slice(0, ended.index)) };
  };
  const run: Shell["run"] = async (command) => {
    bash.stdin.write(`(exit ${exit})\n{ ${command}\n} </dev/null 2>&1\nprintf '\\n${END} %s\\n' $?\n`);
    await bash.stdin.flush();
    const timer = setTimeout(() => bash.kill("SIGKILL"), PATIENCE_MS);
    return read(command).finally(() => clearTimeout(timer));
  };
  return {
    run,
    async runTyped(command, answer) {
      const before = exit;
      const { lines } = await run("export -p; printf 'cd %q\\n' \"$PWD\"");
      const words = [...as, ...BASH, "-c", `${lines.join("\n")}\n(exit ${before})\n${command}`];
      const typed = await onTerminal(words, environment, answer);
      exit = typed.exit;
      return typed;
    },
    async close() {
      bash.stdin.end();
      await bash.exited;
    },
  };
}

function linesOf(text: string): string[] {
  const trimmed = text.replace(/\n+$/, "");
  return trimmed === "" ? [] : trimmed.split("\n");
}

/** ECMA-48 control sequences. */
const SEQUENCES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

type Typed = (question: string) => string;

async function onTerminal(words: readonly string[], env: Reader["environment"], answer: Typed): Promise<Answer> {
  let shown = "";
  let asked: "not yet" | "yes" = "not yet";
  const child = Bun.spawn([...words], {
    env: { ...env },
    terminal: {
      cols: 80,
      rows: 50,
      data: (terminal, bytes) => {
        shown += new TextDecoder().decode(bytes);
        const question = shown.replaceAll(/\s+/g, " ");
        if (asked === "yes" || !question.includes(ASKED)) return;
        asked = "yes";
        terminal.write(`${answer(question)}\r`);
      },
    },
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, PATIENCE_MS);
  const exit = await child.exited;
  clearTimeout(timer);
  child.terminal?.close();
  if (isLate) throw new Error(`it did not end, and showed:\n${shown}`);
  // What was drawn over is not there any more.
  const lines = shown.replaceAll(SEQUENCES, "").replaceAll("\r\n", "\n").replaceAll(/^.*\r/gm, "");
  return { exit, lines: linesOf(lines) };
}

/**
 * counts: `cutter proof counts` in this process, with what it prints, for tests.
 *
 * Everything that an operator could give as a flag may be given; the rest is as the command has it. Never used by the
 * program.
 */
import { counts } from "../../proofs/commands/counts.ts";
import type { Format } from "../../src/cli/command/command.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { Failure } from "../../src/kernel/failure.ts";
import type { CountsReport } from "../../src/report/counts.ts";
import { succeed } from "./target.ts";

export type CountsOrder = Partial<Parameters<typeof counts>[0]["flags"]> & {
  readonly url: string;
  readonly stateDir: string;
  readonly format?: Format;
};

export type Printed = { readonly exit: number; readonly text: string };

export async function runCounts({ url, stateDir, format = "json", ...flags }: CountsOrder): Promise<Printed | Failure> {
  const out: string[] = [];
  const quiet = async () => {};
  const nothing = () => {};
  const terminal: Terminal = {
    result: async (text) => void out.push(text),
    ...{ draw: nothing, tellProgress: nothing, clear: nothing },
    document: quiet,
    talk: quiet,
    detail: quiet,
    alarm: quiet,
    colour: { stdout: "off", stderr: "off" },
    progress: "none",
    lost: () => undefined,
  };
  const exit = await counts(
    {
      flags: {
        embedded: false,
        "witness-url": undefined,
        "env-file": undefined,
        "env-map": undefined,
        relations: [],
        filter: [],
        save: undefined,
        compare: undefined,
        mode: "auto",
        digest: false,
        "max-relations": 2_000,
        ...flags,
      },
      globals: {
        program: "cutter",
        url,
        service: undefined,
        config: undefined,
        stateDir,
        format,
        color: "never",
        talk: "quiet",
      },
    },
    terminal,
  );
  return exit instanceof Failure ? exit : { exit, text: out.join("") };
}

/** As `runCounts`, where a Failure is the test's own mistake. */
export async function countsReport(order: CountsOrder): Promise<CountsReport & { readonly exit: number }> {
  const { exit, text } = succeed(await runCounts(order));
  return { ...(JSON.parse(text) as CountsReport), exit };
}

/**
 * sandbox-plan: the commands of a sandbox as text: what `cutter sandbox plan` prints.
 *
 * `SandboxPlan` is the document `cutter.sandbox-plan/v1`. A long command goes on behind a backslash, so that a shell
 * reads it as one. Pure: plan in, text out.
 */
import { printable } from "../kernel/evidence/printable.ts";
import { COLUMNS, hanging, shellLines } from "./lines.ts";

export type SandboxPlan = {
  readonly schema: "cutter.sandbox-plan/v1";
  readonly name: string;
  readonly provider: string;
  readonly source: { readonly kind: string; readonly line: string };
  /** The first line of the report that it can come to. */
  readonly best: string;
  /** Scenarios and gates that the provider cannot carry, with why. */
  readonly notRun: readonly { readonly id: string; readonly why: string }[];
  readonly commands: readonly {
    readonly id: string;
    readonly action: string;
    /** Processes that are started; a line that begins with # is done by the program itself. */
    readonly lines: readonly string[];
    readonly gates: readonly { readonly id: string; readonly claim: string }[];
  }[];
};

export function sandboxPlanText({ name, provider, source, best, notRun, commands }: SandboxPlan): string {
  const missing = new Map(notRun.map(({ id, why }) => [id, why]));
  const lines = commands.flatMap(({ id, action, lines: words, gates }) => [
    "",
    `${id} ${action}`,
    ...words.flatMap(planLines),
    ...gates.flatMap(({ id, claim }) => hanging(`  ${id}: `, printable(`${claim}${told(missing.get(id))}`), COLUMNS)),
  ]);
  const head = [
    printable(`sandbox ${name}, provider ${provider}`),
    ...hanging("source: ", printable(source.line), COLUMNS),
    "nothing of this was run",
    ...hanging("at best: ", printable(best), COLUMNS),
    ...(notRun.length === 0
      ? []
      : hanging("not run by this provider: ", notRun.map(({ id }) => id).join(", "), COLUMNS)),
  ];
  return `${[...head, ...lines].join("\n")}\n`;
}

function planLines(line: string): readonly string[] {
  const text = printable(line);
  if (text.startsWith("#")) return hanging("  # ", text.slice(1).trimStart(), COLUMNS);
  return shellLines(text);
}

function told(why: string | undefined): string {
  return why === undefined ? "" : ` (${why})`;
}

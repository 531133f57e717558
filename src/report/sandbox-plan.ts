/**
 * sandbox-plan: the commands of a sandbox as text: what `cutter sandbox plan` prints.
 *
 * `SandboxPlan` is the document `cutter.sandbox-plan/v1`. A long command goes on behind a backslash, so that a shell
 * reads it as one. Pure: plan in, text out.
 */
import { printable } from "../kernel/evidence/printable.ts";
import { hanging, wrap } from "./lines.ts";
import { COLUMNS } from "./page.ts";

export type SandboxPlan = {
  readonly schema: "cutter.sandbox-plan/v1";
  readonly name: string;
  readonly provider: string;
  readonly source: { readonly kind: string; readonly line: string };
  readonly commands: readonly {
    readonly id: string;
    readonly action: string;
    /** Processes that are started; a line that begins with # is done by the program itself. */
    readonly lines: readonly string[];
    readonly gates: readonly { readonly id: string; readonly claim: string }[];
  }[];
};

export function sandboxPlanText({ name, provider, source, commands }: SandboxPlan): string {
  const lines = commands.flatMap(({ id, action, lines: words, gates }) => [
    "",
    `${id} ${action}`,
    ...words.flatMap(planLines),
    ...gates.flatMap((gate) => hanging(`  ${gate.id}: `, printable(gate.claim), COLUMNS)),
  ]);
  const about = hanging("source: ", printable(source.line), COLUMNS);
  const head = [printable(`sandbox ${name}, provider ${provider}`), ...about, "nothing of this was run"];
  return `${[...head, ...lines].join("\n")}\n`;
}

function planLines(line: string): readonly string[] {
  const text = printable(line);
  if (text.startsWith("#")) return hanging("  # ", text.slice(1).trimStart(), COLUMNS);
  const [first = "", ...rest] = wrap(text, COLUMNS - CONTINUED);
  return [first, ...rest.map((one) => `  ${one}`)].map((one, index) => `  ${one}${index < rest.length ? " \\" : ""}`);
}

/** Two columns before each line, two more before what goes on, and two for the backslash. */
const CONTINUED = 6;

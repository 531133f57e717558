/**
 * sandbox-plan: the commands of a sandbox as text: what `cutter sandbox plan` prints.
 *
 * `SandboxPlan` is the document `cutter.sandbox-plan/v1`. Pure: plan in, text out.
 */
import { printable } from "../kernel/evidence/printable.ts";

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
  const named = (id: string, claim: string): string => `${id}: ${claim}${told(missing.get(id))}`;
  const lines = commands.flatMap(({ id, action, lines: words, gates }) => [
    "",
    `${id} ${action}`,
    ...words.map((line) => `  ${line}`),
    ...gates.map((gate) => `  ${named(gate.id, gate.claim)}`),
  ]);
  const head = [
    ...[`sandbox ${name}, provider ${provider}`, `source: ${source.line}`, "nothing of this was run"],
    `at best: ${best}`,
    ...(notRun.length === 0 ? [] : [`not run by this provider: ${notRun.map(({ id }) => id).join(", ")}`]),
  ];
  return `${[...head, ...lines].map(printable).join("\n")}\n`;
}

function told(why: string | undefined): string {
  return why === undefined ? "" : ` (${why})`;
}

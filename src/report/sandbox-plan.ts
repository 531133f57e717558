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
    ...words.map((line) => `  ${line}`),
    ...gates.map((gate) => `  ${gate.id}: ${gate.claim}`),
  ]);
  const head = [`sandbox ${name}, provider ${provider}`, `source: ${source.line}`, "nothing of this was run"];
  return `${[...head, ...lines].map(printable).join("\n")}\n`;
}

/**
 * embedded-lines: what the plan and the report say of the commands that are done otherwise where the engine is inside
 * this program.
 *
 * Data and pure functions of names, beside the table of commands. Called by `cutter sandbox plan` and by run.ts.
 */
import type { CommandRow, PlanNames } from "./commands.ts";
import { G08_LOADED } from "./gates/embedded.ts";
import type { ProviderName } from "./providers/provider.ts";

const LINES: Readonly<Record<string, (names: PlanNames) => readonly string[]>> = {
  "C-03": ({ name }) => [
    `# ${name}-p: the reference database as it was built in, in an engine inside this program`,
    "# BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; rows and digest of each relation; nothing is dumped",
  ],
  "C-04": ({ name }) => [
    `# ${name}: initdb inside this program, in memory, and an engine on that cluster: one session at a time`,
    "# its system identifier is compared at once, before anything is written there (G-10)",
  ],
  "C-05": () => [
    "# the reference database, as cutter schema install --reference loads it; there is no dump to restore",
    "# rows and digest of each relation, compared with the stand-in's",
  ],
  "C-13": ({ workDirectory }) => [
    `# both engines are ended, with their threads; then ${workDirectory} and what else is on record`,
    "# G-24 and G-25: what is protected, and the identity of the stand-in, read once more",
  ],
};

const ACTIONS: Readonly<Record<string, string>> = {
  "C-03": "read the stand-in, of which there is no dump",
  "C-05": "load the reference database",
};

/** What the command is called where this provider does it. */
export function actionOf({ id, action }: Pick<CommandRow, "id" | "action">, provider: ProviderName): string {
  return provider === "embedded" ? (ACTIONS[id] ?? action) : action;
}

/** The claim of a gate as this provider can make it. */
export function claimOf({ id, claim }: { readonly id: string; readonly claim: string }, provider: ProviderName) {
  return provider === "embedded" && id === G08_LOADED.id ? G08_LOADED.claim : claim;
}

/** null where the provider is another one, or the command is the same with all of them. */
export function embeddedLines(id: string, names: PlanNames): readonly string[] | null {
  return names.provider === "embedded" ? (LINES[id]?.(names) ?? null) : null;
}

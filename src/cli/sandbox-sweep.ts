/**
 * sandbox-sweep: `cutter sandbox sweep`: removes what sandboxes left whose process is gone.
 *
 * By recorded exact names only; says of each sandbox what was removed and what was not, and why. Called by sandbox.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { describeResource } from "../sandbox/leftovers/resource.ts";
import { type Swept, sweepLeftovers } from "../sandbox/leftovers/sweep.ts";
import type { Globals } from "./command/command.ts";
import { EXIT, tellFailure } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** `cutter.sandbox-sweep/v1`: `{ schema, sandboxes: [{ sandbox, is, removed, gone, left, trouble }], verdict }`. */
export async function sandboxSweep({ globals }: { readonly globals: Globals }, terminal: Terminal) {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const swept = await sweepLeftovers(state, process.env);
  if (swept instanceof Failure) return swept;
  const sandboxes = swept.map(told);
  const bad = swept.filter(({ is }) => is === "left" || is === "unreadable");
  const verdict = bad.length === 0 ? "CUTTER_SANDBOX SWEPT" : "CUTTER_SANDBOX LEFTOVERS";
  if (globals.format === "json") await terminal.document({ schema: "cutter.sandbox-sweep/v1", sandboxes, verdict });
  else await terminal.result(`${[...sandboxes.flatMap(lines), verdict].join("\n")}\n`);
  if (bad.length === 0) return EXIT.done;
  const names = bad.map(({ sandbox }) => sandbox).join(", ");
  return tellFailure(new Failure("SANDBOX_LEFTOVERS", `something is left of ${names}`), terminal);
}

type Told = ReturnType<typeof told>;

function told({ sandbox, is, removed, left, gone = [], trouble }: Swept) {
  return {
    ...{ sandbox, is, removed: removed.map(describeResource) },
    gone: gone.map(describeResource),
    left: left.map(({ resource, reason }) => ({ what: describeResource(resource), why: reason })),
    trouble: trouble?.message ?? null,
  };
}

function lines({ sandbox, is, removed, gone, left, trouble }: Told): readonly string[] {
  return [
    `${sandbox}: ${is}`,
    ...removed.map((one) => `  removed ${one}`),
    ...gone.map((one) => `  ${one} was gone already`),
    ...left.map(({ what, why }) => `  left ${what}: ${why}`),
    ...(trouble === null ? [] : [`  ${trouble}`]),
  ];
}

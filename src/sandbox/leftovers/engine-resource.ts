/**
 * leftovers/engine-resource: a container, volume or network of ours in a container engine, found and removed.
 *
 * By exact name, and only where its label holds the token of the record that names it: another of that name stays. An
 * engine that does not answer is a reason, never "nothing is there". Called by the docker provider and sweep.ts.
 */
import { sleep, stopwatch } from "../../kernel/clock.ts";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { limits } from "../../kernel/limits.ts";
import { type Answer, askTool } from "../../readiness/service-state/tool.ts";
import type { EngineResource } from "./resource.ts";

export const LABEL = "cutter.sandbox";

/** How each kind is listed and removed; `docker` and `podman` take the same words. */
const WORDS = {
  container: {
    list: ["ls", "--all", "--no-trunc"],
    id: "{{.ID}}",
    name: "{{.Names}}",
    remove: ["--force", "--volumes"],
  },
  volume: { list: ["ls"], id: "{{.Name}}", name: "{{.Name}}", remove: [] },
  network: { list: ["ls", "--no-trunc"], id: "{{.ID}}", name: "{{.Name}}", remove: [] },
} as const;

type Found = { readonly id: string; readonly label: string };

/** What has this name, ours or not; null where nothing has. */
export async function findInEngine(
  { kind, name, command }: EngineResource,
  environment: Environment,
): Promise<Found | null | { readonly reason: string }> {
  const { list, id, name: nameField } = WORDS[kind];
  const format = `${id}\t${nameField}\t{{.Label "${LABEL}"}}`;
  // The filter also lets through what only begins so.
  const words = [kind, ...list, "--filter", `name=${name}`, "--format", format];
  const answer = await askEngine(command, words, environment);
  if ("reason" in answer) return answer;
  const rows = answer.output.split("\n").map((line) => line.split("\t"));
  const row = rows.find(([, found]) => found === name);
  return row === undefined ? null : { id: row[0] ?? "", label: row[2] ?? "" };
}

/** Null once nothing of that name is there; else why it stays. */
export async function removeFromEngine(
  resource: EngineResource,
  token: string,
  environment: Environment,
): Promise<string | null> {
  const { command, kind } = resource;
  const elapsed = stopwatch();
  let reason = "";
  while (elapsed() < limits.engineTimeoutMs) {
    const found = await findInEngine(resource, environment);
    if (found === null) return null;
    if ("reason" in found) return found.reason;
    if (found.label !== token) return "it is not this sandbox's: its label says otherwise";
    // By the id that was just looked at. One that is being removed already is waited for.
    const removed = await askEngine(command, [kind, "rm", ...WORDS[kind].remove, found.id], environment);
    reason = "reason" in removed ? removed.reason : "it is still there after it was removed";
    await sleep(limits.containerPollMs);
  }
  return reason;
}

export function askEngine(
  [name = "", ...first]: readonly string[],
  words: readonly string[],
  environment: Environment,
): Promise<Answer> {
  return askTool([name, ...first, ...words], { environment, timeoutMs: limits.engineTimeoutMs });
}

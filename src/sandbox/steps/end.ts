/**
 * steps/end: C-12 and C-13: the artefacts are gathered and searched, then everything is removed and looked for again.
 *
 * Both run whatever came before. Nothing of the evidence is on disk before it was searched; it lies outside the
 * sandbox's directory and stays. With --keep nothing is removed, and so the last gate cannot pass. Called by run.ts.
 */
import * as fs from "node:fs";
import { sha256 } from "../../kernel/digest.ts";
import { redact } from "../../kernel/evidence/redaction.ts";
import { parseSums, renderSums } from "../../kernel/evidence/sums.ts";
import { Failure } from "../../kernel/failure.ts";
import { type Artefacts, G23, G24, G25 } from "../gates/after.ts";
import { identifyProcess } from "../leftovers/process-identity.ts";
import { scanHost } from "../measure/instances.ts";
import type { Secrets } from "../measure/secrets.ts";
import type { Sandbox, TakenDown } from "../sandbox.ts";
import { scanOf } from "./before.ts";

export type Files = Readonly<Record<string, string>>;

/** C-12: what of the evidence is there before the teardown. */
export async function gatherEvidence(sandbox: Sandbox): Promise<Files> {
  const files = artefactsOf(sandbox);
  // Of a sandbox that never had a secret there is nothing to look for.
  if (sandbox.secrets.count > 0) await sandbox.gates.judge(G23, () => searchArtefacts(files, sandbox.secrets));
  return files;
}

function artefactsOf({ results, journal }: Sandbox): Files {
  const traces = results.flatMap(({ judged, log, trace }) => [
    [`${judged.id}.log`, log] as const,
    [`${judged.id}.sql`, trace] as const,
  ]);
  const entries = journal.entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  return { "journal.jsonl": entries, ...Object.fromEntries(traces) };
}

/** As they will be written. */
export function searchArtefacts(files: Files, secrets: Secrets): Artefacts {
  const written = Object.entries(files).map(([name, content]) => [name, redact(content)] as const);
  const sums = renderSums(new Map(written.map(([name, content]) => [name, sha256(content)])));
  const listed = parseSums(sums);
  return {
    names: written.map(([name]) => name),
    listed: typeof listed === "string" ? [] : [...listed.keys()],
    bytes: written.reduce((sum, [, content]) => sum + Buffer.byteLength(content), 0),
    secrets: secrets.count,
    found: written.flatMap(([name, content]) => secrets.in(content).map((secret) => `${secret} in ${name}`)),
  };
}

/** What was taken down of a sandbox that is kept, or was not come to. */
export const NOTHING_TAKEN: TakenDown = { removed: [], left: [], troubles: [] };

/** C-13. */
export async function tearDown(sandbox: Sandbox): Promise<TakenDown> {
  const { source, gates, journal, order } = sandbox;
  journal.note("look", "the identity of production, and what is protected, once more");
  const again = source === null ? null : await source.state();
  if (order.afterwards === "keep") {
    if (sandbox.instances !== null) await gates.judge(G24, () => protectedNow(sandbox));
    return NOTHING_TAKEN;
  }
  const taken = await sandbox.takeDown();
  for (const trouble of taken.troubles) await sandbox.tell(trouble);
  if (sandbox.instances !== null) await gates.judge(G24, () => protectedNow(sandbox));
  if (source !== null && again !== null) {
    await gates.judge(G25, () => {
      if (again instanceof Failure) return again;
      return {
        before: source.before,
        again,
        made: sandbox.everMade.length,
        left: [...taken.left, ...stillThere(sandbox)],
      };
    });
  }
  return taken;
}

async function protectedNow(sandbox: Sandbox) {
  return { before: scanOf(sandbox), after: await scanHost(sandbox.order.environment) };
}

/** Looked for by itself, not taken from what the removal says. */
function stillThere(sandbox: Sandbox): readonly string[] {
  return sandbox.everMade.flatMap((resource) => {
    if (resource.kind === "directory") return fs.existsSync(resource.path) ? [`directory ${resource.path}`] : [];
    if (resource.kind !== "process") return [];
    const found = identifyProcess(resource.pid);
    return found?.startTime === resource.startTime ? [`process ${resource.pid}`] : [];
  });
}

/**
 * steps/end: C-12 and C-13: the artefacts are gathered and searched, then everything is removed and looked for again.
 *
 * Both run whatever came before. Nothing of the evidence is on disk before it was searched; it lies outside the
 * sandbox's directory and stays. With --keep, what came as far as C-11 is not removed: then production alone is judged,
 * and the last gate cannot pass. Called by run.ts.
 */
import * as fs from "node:fs";
import { sha256 } from "../../kernel/digest.ts";
import { redact } from "../../kernel/evidence/redaction.ts";
import { parseSums, renderSums } from "../../kernel/evidence/sums.ts";
import { Failure } from "../../kernel/failure.ts";
import { type Artefacts, G23, G24, G25 } from "../gates/after.ts";
import { sameState } from "../gates/verification.ts";
import { identifyProcess } from "../leftovers/process-identity.ts";
import { describeResource } from "../leftovers/resource.ts";
import { scanHost } from "../measure/instances.ts";
import type { Secrets } from "../measure/secrets.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Source } from "../sources/source.ts";
import type { TakenDown } from "../teardown.ts";
import { caught } from "../thrown.ts";
import { ownOf, productionKind, scanOf } from "./before.ts";

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
export const NOTHING_TAKEN: TakenDown = { removed: [], left: [], troubles: [], made: [] };

/** C-13. */
export async function tearDown(sandbox: Sandbox): Promise<TakenDown> {
  const { source, gates, journal, order } = sandbox;
  journal.note("look", "the identity of production, and what is protected, once more");
  const again = source === null ? null : await caught("production's identity, once more", () => source.state());
  if (isKept(sandbox)) {
    if (sandbox.instances !== null) await gates.judge(G24, () => protectedNow(sandbox));
    if (source !== null && again !== null) await judgeKept(sandbox, source, again);
    return NOTHING_TAKEN;
  }
  if (order.afterwards === "keep") await sandbox.tell(NOT_KEPT);
  const taken = await sandbox.takeDown();
  for (const trouble of taken.troubles) await sandbox.tell(trouble);
  if (sandbox.instances !== null) await gates.judge(G24, () => protectedNow(sandbox));
  if (source !== null && again !== null) {
    await gates.judge(G25, () => {
      if (again instanceof Failure) return again;
      return {
        kind: productionKind(source),
        before: source.before,
        again,
        made: taken.made.length,
        left: [...taken.left, ...stillThere(taken)],
      };
    });
  }
  return taken;
}

/** With --keep, and only what came to be whole: before C-11 there is nothing to look around in, and it has secrets. */
export function isKept({ order, reached, interrupted }: Sandbox): boolean {
  return order.afterwards === "keep" && reached === "verification" && interrupted === null;
}

export const NOT_KEPT = "it did not come as far as C-11: in spite of --keep, all of it is removed";

/** That nothing is left cannot be said of it. Production's identity can: where that differs, the gate is red. */
async function judgeKept({ gates, record }: Sandbox, source: Source, again: Again): Promise<void> {
  const { before } = source;
  const differs = again instanceof Failure ? [again.message] : sameState(before, again);
  if (differs.length === 0 && !(again instanceof Failure)) {
    const { systemIdentifier, timeline } = again;
    const summary = `system identifier ${systemIdentifier} again; that nothing is left is not judged: it is kept`;
    return gates.leave(G25, { summary, facts: { system_identifier: systemIdentifier, timeline } });
  }
  await gates.judge(G25, () => {
    if (again instanceof Failure) return again;
    const resources = record?.resources ?? [];
    return {
      kind: productionKind(source),
      before,
      again,
      made: resources.length,
      left: resources.map(describeResource),
    };
  });
}

type Again = Awaited<ReturnType<Source["state"]>>;

async function protectedNow(sandbox: Sandbox) {
  return { before: scanOf(sandbox), after: await scanHost(sandbox.order.environment, ownOf(sandbox)) };
}

/** Looked for by itself, not taken from what the removal says. */
function stillThere({ made }: TakenDown): readonly string[] {
  return made.flatMap((resource) => {
    if (resource.kind === "directory") return fs.existsSync(resource.path) ? [`directory ${resource.path}`] : [];
    if (resource.kind !== "process") return [];
    const found = identifyProcess(resource.pid);
    return found?.startTime === resource.startTime ? [`process ${resource.pid}`] : [];
  });
}

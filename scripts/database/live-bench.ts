/**
 * live-bench: a plan of many units for the benches of the live phases, and the ledger's rows that leg A has to find.
 *
 * As the rehearsal makes them: stub grants, a stub backup. Used by scripts/bench; never by the program.
 */
import { generateKeyPairSync } from "node:crypto";
import { recordBackup } from "../../src/execution/backup-artifact.ts";
import { dotSigner } from "../../src/execution/dot-signer.ts";
import type { LiveWork } from "../../src/execution/live-work.ts";
import { writeRun } from "../../src/execution/production/register.ts";
import { STUB_BACKUP, stubGrant } from "../../src/execution/rehearsal/stubs.ts";
import { runId } from "../../src/kernel/evidence/run-id.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import { planWork } from "../../src/orchestrator/planning.ts";
import { readContract } from "../../src/schema/contract.ts";
import { succeed } from "./target.ts";

export async function planFor(session: Session, units: number, bodyBytes: number): Promise<LiveWork> {
  const contract = succeed(await readContract(session));
  const id = runId("ictr");
  const filler = " lorem ipsum".repeat(Math.ceil(bodyBytes / 12));
  const text = Array.from({ length: units }, (_, index) =>
    `Article ${index + 1}. Of “${index + 1}”\n\n${filler}`.slice(0, bodyBytes - 1),
  );
  const survey = {
    target: { systemIdentifier: null, timeline: null, database: "bench" },
    ...{ documentId: "BENCH", contractSha256: contract.digest, hasRevise: true, units: [] },
    vocabulary: contract.vocabulary,
  };
  const settings = {
    source: { from: "file", fileName: "bench.txt" },
    ...{ profile: "law-en", ownProfile: null, actor: "bench", ownerRef: null, publicationType: null },
  } as const;
  const source = new TextEncoder().encode(`${text.join("\n")}\n`);
  const { document, manifest, cutplan } = succeed(planWork({ mode: "live", source, settings, survey }));
  const signer = (leg: "exec" | "verify") => dotSigner(leg, generateKeyPairSync("ed25519").privateKey);
  return {
    ...{ runId: id, mode: "rehearsal", fence: 1, target: survey.target, document, manifest, cutplan, actor: "bench" },
    surveyed: [],
    ...{ planning: [], grants: { SG1: stubGrant(id, "SG1"), SG2: stubGrant(id, "SG2") } },
    signers: { exec: signer("exec"), verify: signer("verify") },
  };
}

/** The run and its backup, committed, so that leg A may be tried again and again. */
export async function settle(session: Session, work: LiveWork): Promise<void> {
  succeed(await session.query("SET search_path = pg_catalog, pg_temp"));
  const written = await writeRun(session, work);
  if (written !== null) throw new Error(written.message);
  succeed(await recordBackup(session, work.runId, STUB_BACKUP));
}

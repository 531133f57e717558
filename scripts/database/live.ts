/**
 * live: the work of a live run on a test database: a small law, planned from a survey of that database, with keys.
 *
 * As the orchestrator makes it, but with approvals that nobody signed and a backup that is a file name: what lies
 * behind the gates is real. For the tests of the phases; never used by the program.
 */
import { generateKeyPairSync } from "node:crypto";
import { dotSigner } from "../../src/execution/dot-signer.ts";
import type { Grant, LiveWork } from "../../src/execution/live-work.ts";
import type { LedgerRole } from "../../src/execution/production/phase-work.ts";
import { type LiveParts, type ProductionAdapter, productionAdapter, scopeOf } from "../../src/execution/production.ts";
import { timestamp } from "../../src/kernel/clock.ts";
import { canonicalJson, sha256 } from "../../src/kernel/digest.ts";
import { runId } from "../../src/kernel/evidence/run-id.ts";
import type { Failure } from "../../src/kernel/failure.ts";
import type { ArmingScope } from "../../src/kernel/kill-switch/arming.ts";
import { type KillSwitchReading, readKillSwitch } from "../../src/kernel/kill-switch.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import { planWork } from "../../src/orchestrator/planning.ts";
import { takeSurvey } from "../../src/orchestrator/survey/take.ts";
import type { TestDatabase } from "./database.ts";
import { temporaryFolder } from "./files.ts";
import { openRoleSession, succeed } from "./target.ts";

export const DOCUMENT_ID = "TEST-LAW";

/** As many articles as asked for, each with a body of its own. */
export function smallLaw(articles: number): Uint8Array {
  const text = Array.from(
    { length: articles },
    (_, index) => `Article ${index + 1}. Of “${index + 1}”\n\nBody ${index}.\n`,
  );
  return new TextEncoder().encode(text.join("\n"));
}

export async function planLive(
  database: TestDatabase,
  source: Uint8Array,
  documentId = DOCUMENT_ID,
): Promise<LiveWork> {
  const id = runId("ictr");
  const session = await openRoleSession(database, "context_pack_readonly");
  const order = { documentId, because: "test", writingRole: "refused" } as const;
  const { survey } = succeed(await takeSurvey(session, order));
  await session.close();
  const settings = {
    source: { from: "file", fileName: "law.txt" },
    ...{ profile: "law-en", ownProfile: null, actor: "test", ownerRef: null, publicationType: null },
  } as const;
  const { document, manifest, cutplan } = succeed(planWork({ mode: "live", source, settings, survey }));
  const payload = canonicalJson({ test: true });
  const planning = ["survey", "manifest", "cutplan"].map((phase) => {
    return { phase, attempt: 1, payload, payloadSha256: sha256(payload) };
  });
  return {
    ...{
      runId: id,
      mode: "live",
      fence: 1,
      target: survey.target,
      document,
      manifest,
      cutplan,
      surveyed: survey.units,
      actor: "test",
      planning,
    },
    grants: {
      ...{ SG1: grantFor(id, "SG1"), SG2: grantFor(id, "SG2") },
      ...{ REVERT: grantFor(id, "REVERT"), HARD_DELETE: grantFor(id, "HARD_DELETE") },
    },
    signers: { exec: signer("exec"), verify: signer("verify") },
  };
}

function signer(leg: "exec" | "verify") {
  return dotSigner(leg, generateKeyPairSync("ed25519").privateKey);
}

function grantFor(id: string, gate: Grant["gate"]): Grant {
  return {
    ...{ approvalId: `${gate}-${id}`, gate, authorities: ["sovereign@example"], note: "test" },
    ...{ keyFingerprints: ["SHA256:test"], signatures: ["test"], documentSha256: sha256(`${gate} ${id}`) },
    expiresAt: "2999-01-01T00:00:00.000Z",
  };
}

export type LiveStage = {
  readonly adapter: ProductionAdapter;
  /** Sessions that were asked for, by role, in order. */
  readonly asked: string[];
};

const ROLES = { exec: "cutter_exec", verify: "cutter_verify", revert: "workflow_admin" } as const;

type Changed = Partial<LiveParts> & {
  readonly connect?: (role: LedgerRole) => Promise<Session | Failure>;
};

/** The adapter of a run that is armed for a gate by this reading alone: nothing in the process is armed. */
export function liveAdapter(database: TestDatabase, work: LiveWork, changed: Changed = {}): LiveStage {
  const state = temporaryFolder();
  const asked: string[] = [];
  const { connect: open = (role) => openRoleSession(database, ROLES[role]), ...parts } = changed;
  const connect = async (role: LedgerRole): Promise<Session | Failure> => {
    asked.push(role);
    return open(role);
  };
  const live: LiveParts = {
    work,
    backUp: async () => ({
      ...{ fileName: "backup.gpg", cipherSha256: sha256("cipher"), plainSha256: sha256("plain") },
      manifestSha256: sha256("manifest"),
      ...{ keyFingerprint: "A".repeat(40), snapshotCounts: { "public.information_unit": 158 }, readBack: "test" },
    }),
    compensate: null,
    lookAfter: async () => ({ at: timestamp() }),
    refuseBackup: async () => null,
    remark: async () => {},
    ...parts,
  };
  const adapterAt = (gate: ArmingScope["gate"]) =>
    productionAdapter({ connect, live, killSwitch: () => armedReading(state, work, gate) });
  const [first, second] = [adapterAt("SG1"), adapterAt("SG2")];
  const { lifecycle_enact, closeOut } = second;
  const { compensate } = adapterAt("REVERT");
  return { adapter: { ...first, lifecycle_enact, closeOut, compensate }, asked };
}

function armedReading(stateDirectory: string, work: LiveWork, gate: ArmingScope["gate"]): KillSwitchReading {
  const armed = {
    ...scopeOf({ ...work, cutplanSha256: work.cutplan.cutplanSha256 }, gate),
    expiresAt: "2999-01-01T00:00:00.000Z",
  };
  return { ...readKillSwitch({ stateDirectory, operatorFile: `${stateDirectory}/DISABLED` }), armed };
}

/**
 * doctor: can the first live run happen? Eight items, each closed, in part or open, with the evidence and what to do.
 *
 * Judges what it is given, and asks nothing itself (live.md, section 8). What nobody looked at is open: a check that
 * was not made closes nothing. Called by `cutter doctor`.
 */
import type { RehearsalReport } from "../report/rehearsal.ts";

export const ITEMS = {
  F1: "the adapter's bodies are proven on this database",
  F2: "the write contract holds",
  F3: "the recorders work for any number of units",
  F4: "there is a key to encrypt backups for",
  GAP5: "directories, connections and keys are there",
  GAP6: "taking a run back was rehearsed",
  GAP7: "there is somebody whose approval counts",
  GAP8: "there is a document to begin with, at low stakes",
} as const;

export type ItemId = keyof typeof ITEMS;

export type Finding = {
  readonly id: ItemId;
  readonly state: "CLOSED" | "PARTIAL" | "OPEN";
  readonly evidence: string;
  /** The exact command, or null where there is nothing to do. */
  readonly next: string | null;
};

/** What was looked at; a string says why it could not be, or what is wrong with it. */
export type Condition = {
  /** Of the newest live run that waits at its first gate. */
  readonly rehearsal: { readonly runId: string; readonly report: RehearsalReport | null } | null;
  readonly contract: "holds" | { readonly wrong: string };
  readonly backupKey: "usable" | { readonly wrong: string };
  /** What of the configuration is missing or cannot be used; empty where nothing is. */
  readonly missing: readonly string[];
  readonly approvers: { readonly lines: number } | { readonly wrong: string };
  /** Units that the database has of the document of that run. */
  readonly document: { readonly documentId: string; readonly units: number } | null;
};

export function examine(condition: Condition): readonly Finding[] {
  return [
    bodies(condition),
    settled("F2", condition.contract === "holds" ? null : condition.contract.wrong, {
      evidence: "every function has its signature, and the vocabulary is there",
      next: "cutter schema verify",
    }),
    recorders(condition),
    settled("F4", condition.backupKey === "usable" ? null : condition.backupKey.wrong, {
      evidence: "the key can encrypt, and outlives the retention",
      next: "cutter backup create",
    }),
    settled("GAP5", condition.missing.length === 0 ? null : condition.missing.join("; "), {
      evidence: "state directory, six connections, two signing keys",
      next: "cutter init",
    }),
    revert(condition),
    approvers(condition),
    document(condition),
  ];
}

const BEGIN = "cutter cut DOCUMENT --source FILE --survey --live";

function bodies({ rehearsal }: Condition): Finding {
  if (rehearsal === null) return { id: "F1", state: "OPEN", evidence: "no live run waits for SG1", next: BEGIN };
  const { runId, report } = rehearsal;
  const next = `cutter rehearse ${runId}`;
  if (report === null) return { id: "F1", state: "OPEN", evidence: `run ${runId} was not rehearsed`, next };
  const done = report.cut.filter(({ outcome }) => outcome === "done").length;
  const evidence = `${done} of ${report.cut.length} phases done and rolled back, ${report.at}`;
  const state = done === report.cut.length ? "CLOSED" : done > 0 ? "PARTIAL" : "OPEN";
  return { id: "F1", state, evidence, next: state === "CLOSED" ? null : next };
}

function recorders({ rehearsal }: Condition): Finding {
  const report = rehearsal?.report ?? null;
  const next = rehearsal === null ? BEGIN : `cutter rehearse ${rehearsal.runId}`;
  if (report === null) return { id: "F3", state: "OPEN", evidence: "nothing was rehearsed", next };
  const named = ["leg_b_record", "write_verify"];
  const done = report.cut.filter(({ phase, outcome }) => named.includes(phase) && outcome === "done").length;
  const evidence = `${report.rows} rows recorded and verified in the rehearsal: ${done} of ${named.length} phases`;
  const state = done === named.length ? "CLOSED" : done > 0 ? "PARTIAL" : "OPEN";
  return { id: "F3", state, evidence, next: state === "CLOSED" ? null : next };
}

function revert({ rehearsal }: Condition): Finding {
  const steps = rehearsal?.report?.revert ?? [];
  const done = steps.filter(({ outcome }) => outcome === "done").length;
  const why = steps.find(({ message }) => message !== null)?.message ?? "nothing was rehearsed";
  const evidence = done === steps.length && done > 0 ? `rehearsed after ${done} phases` : why;
  const state = done > 0 && done === steps.length ? "CLOSED" : done > 0 ? "PARTIAL" : "OPEN";
  const run = rehearsal?.runId ?? "RUN";
  const next = `cutter rehearse ${run} --rehearse-url URL (of a role that may become the owner too)`;
  return { id: "GAP6", state, evidence, next: state === "CLOSED" ? null : next };
}

function approvers({ approvers: who }: Condition): Finding {
  if ("wrong" in who) {
    const next = "ssh-keygen -t ed25519, and [approvals] allowed_signers in cutter.toml";
    return { id: "GAP7", state: "OPEN", evidence: who.wrong, next };
  }
  return { id: "GAP7", state: "CLOSED", evidence: `allowed_signers lists ${who.lines} keys`, next: null };
}

function document({ document: chosen }: Condition): Finding {
  const next = "cutter target suggest";
  if (chosen === null) return { id: "GAP8", state: "OPEN", evidence: "no live run waits for SG1", next };
  const { documentId, units } = chosen;
  if (units > 0) {
    return { id: "GAP8", state: "PARTIAL", evidence: `${documentId} has ${units} units in the database already`, next };
  }
  return { id: "GAP8", state: "CLOSED", evidence: `${documentId} is not in the database yet`, next: null };
}

type Sound = { readonly evidence: string; readonly next: string };

function settled(id: ItemId, wrong: string | null, { evidence, next }: Sound): Finding {
  if (wrong === null) return { id, state: "CLOSED", evidence, next: null };
  return { id, state: "OPEN", evidence: wrong, next };
}

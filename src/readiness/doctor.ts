/**
 * doctor: can the first live run happen? Each item closed, in part or open, with the evidence and what to do.
 *
 * Judges what it is given, and asks nothing itself (live.md, section 8). Closed is only what was looked at just now and
 * found right; what nobody looked at is open, and what a rehearsal showed of a database that has changed since is, too.
 * Called by `cutter doctor`.
 */
import { limits } from "../kernel/limits.ts";
import type { Condition, GateSigners, Problem, Standing } from "./doctor/condition.ts";

export const ITEMS = {
  HOLD: "nothing says off",
  CLOCK: "the clocks of this machine and of the server agree",
  F1: "the adapter's bodies are proven on this database, as it is now",
  F2: "the write contract holds",
  F3: "the recorders work for as many units as the run has",
  F4: "there is a key to encrypt backups for",
  GAP5: "directories, connections, programs and keys are there",
  GAP6: "taking a run back was rehearsed",
  GAP7: "there is somebody whose approval counts, at each gate",
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

export function examine(condition: Condition): readonly Finding[] {
  return [
    problems("HOLD", condition.off, "neither HOLD nor DISABLED nor a hold in the ledger stands"),
    clock(condition),
    bodies(condition),
    settled("F2", condition.contract === "holds" ? null : condition.contract.wrong, {
      evidence:
        "the functions that a cut calls have their signatures, the vocabulary is there, cutter_exec may call them",
      next: "cutter schema verify",
    }),
    recorders(condition),
    settled("F4", condition.backupKey === "usable" ? null : condition.backupKey.wrong, {
      evidence: "gpg has the key now, what it encrypts for outlives the retention",
      next: "[backup] in cutter.toml: key, key_file and retention; then cutter backup create",
    }),
    place(condition),
    revert(condition),
    approvers(condition),
    document(condition),
  ];
}

const BEGIN = "cutter cut DOCUMENT --source FILE --survey --live";

function problems(id: ItemId, found: readonly Problem[], otherwise: string): Finding {
  const [first] = found;
  if (first === undefined) return { id, state: "CLOSED", evidence: otherwise, next: null };
  return { id, state: "OPEN", evidence: found.map(({ what }) => what).join("; "), next: first.next };
}

function clock({ clock: seen }: Condition): Finding {
  const next = "timedatectl, on this machine and on the server: approvals and keys end by these clocks";
  if ("unknown" in seen) return { id: "CLOCK", state: "OPEN", evidence: seen.unknown, next };
  const { aheadMs } = seen;
  const off = Math.abs(aheadMs);
  const evidence = `the server's clock is ${Math.round(off)} ms ${aheadMs < 0 ? "behind" : "ahead of"} ours`;
  return off <= limits.clockSkewMs
    ? { id: "CLOCK", state: "CLOSED", evidence, next: null }
    : { id: "CLOCK", state: "OPEN", evidence, next };
}

/** An item that a rehearsal closes; `shown`: what it showed itself. */
type Shown = { readonly state: Finding["state"]; readonly evidence: string };

function byRehearsal(id: ItemId, { rehearsal }: Condition, shown: Shown & { readonly next: string }): Finding {
  if (rehearsal === null) return { id, state: "OPEN", evidence: "no live run waits for SG1", next: BEGIN };
  const { runId, report, standing } = rehearsal;
  const rehearse = `cutter rehearse ${runId}`;
  if (report === null) return { id, state: "OPEN", evidence: `run ${runId} was not rehearsed`, next: rehearse };
  const { state, evidence, next } = shown;
  if (state !== "CLOSED") return { id, state, evidence, next };
  const { worst, why } = standingWords(standing);
  return {
    id,
    state: worst,
    evidence: why === "" ? evidence : `${evidence}; ${why}`,
    next: why === "" ? null : rehearse,
  };
}

function standingWords(standing: Standing): { readonly worst: Finding["state"]; readonly why: string } {
  if (standing === "as rehearsed") return { worst: "CLOSED", why: "" };
  if ("unknown" in standing) return { worst: "PARTIAL", why: `whether it holds now is not known: ${standing.unknown}` };
  const named = standing.changed.slice(0, limits.namedInRemark);
  const more = standing.changed.length - named.length;
  const rest = more > 0 ? `; and ${more} more` : "";
  return { worst: "OPEN", why: `it does not hold any more: ${named.join("; ")}${rest}` };
}

function bodies(condition: Condition): Finding {
  const { runId = "RUN", report = null } = condition.rehearsal ?? {};
  const [all, done] = [report?.cut.length ?? 0, report?.cut.filter(({ outcome }) => outcome === "done").length ?? 0];
  const evidence = `${done} of ${all} phases done and rolled back, ${report?.at} on ${report?.database}`;
  return byRehearsal("F1", condition, { state: stateOf(done, all), evidence, next: `cutter rehearse ${runId}` });
}

function stateOf(done: number, all: number): Finding["state"] {
  return done === 0 ? "OPEN" : done === all ? "CLOSED" : "PARTIAL";
}

/** What one rehearsal shows is shown for its own number of rows, and those are the run's. */
function recorders(condition: Condition): Finding {
  const { runId = "RUN", report = null } = condition.rehearsal ?? {};
  const named = ["leg_b_record", "write_verify"];
  const done = report?.cut.filter(({ phase, outcome }) => named.includes(phase) && outcome === "done").length ?? 0;
  const rows = `${report?.rows} units, as many as the run has, recorded and verified one by one in the rehearsal`;
  const evidence = `${rows}: ${done} of ${named.length} phases`;
  return byRehearsal("F3", condition, {
    ...{ state: stateOf(done, named.length), evidence, next: `cutter rehearse ${runId}` },
  });
}

function revert(condition: Condition): Finding {
  const steps = condition.rehearsal?.report?.revert ?? [];
  const done = steps.filter(({ outcome }) => outcome === "done").length;
  const why = steps.find(({ message }) => message !== null)?.message ?? "nothing was rehearsed";
  const evidence = done === steps.length && done > 0 ? `rehearsed after ${done} phases` : why;
  const run = condition.rehearsal?.runId ?? "RUN";
  const next = `cutter rehearse ${run} --rehearse-url URL (of a role that may become the owner too)`;
  return byRehearsal("GAP6", condition, { state: stateOf(done, steps.length), evidence, next });
}

function place({ place: { problems: wrong, remarks, seen } }: Condition): Finding {
  const words = [...wrong, ...remarks].map(({ what }) => what);
  const next = (wrong[0] ?? remarks[0])?.next ?? null;
  const state = wrong.length > 0 ? "OPEN" : remarks.length > 0 ? "PARTIAL" : "CLOSED";
  return { id: "GAP5", state, evidence: (words.length > 0 ? words : seen).join("; "), next };
}

function approvers({ approvers: gates }: Condition): Finding {
  const key = "ssh-keygen -t ed25519, and a line of it in the file of [approvals] allowed_signers";
  if ("wrong" in gates) {
    return { id: "GAP7", state: "OPEN", evidence: gates.wrong, next: `${key} in cutter.toml` };
  }
  const words = gates.map(signersWords);
  const short = gates.filter(({ gate, able, required }) => able < required && gate !== "HARD_DELETE");
  const state = gates.length === 0 || short.length > 0 ? "OPEN" : "CLOSED";
  return { id: "GAP7", state, evidence: words.join("; "), next: state === "CLOSED" ? null : key };
}

function signersWords({ gate, required, able, lapsed }: GateSigners): string {
  const ended = lapsed.length === 0 ? "" : `, not now: ${lapsed.join(", ")}`;
  return `${gate}: ${able} can sign now, ${required} ${required === 1 ? "has" : "have"} to${ended}`;
}

function document({ document: chosen }: Condition): Finding {
  const next = "cutter target suggest";
  if ("unknown" in chosen) return { id: "GAP8", state: "OPEN", evidence: chosen.unknown, next };
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

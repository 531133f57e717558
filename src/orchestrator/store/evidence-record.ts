/**
 * store/evidence-record: the digest of an evidence folder, noted before it is written and kept when it is there.
 *
 * In a chain of its own, as events are: whoever forges a folder with its SHA256SUMS has to rewrite the chain from there
 * on too. Noting the same again changes nothing; another digest for the same folder is refused. Called through
 * the store.
 */
import * as v from "valibot";
import allEvidence from "../../../sql/store/all-evidence.sql" with { type: "text" };
import evidenceOf from "../../../sql/store/evidence-of.sql" with { type: "text" };
import insertEvidence from "../../../sql/store/insert-evidence.sql" with { type: "text" };
import lastEvidence from "../../../sql/store/last-evidence.sql" with { type: "text" };
import { timestamp } from "../../kernel/clock.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Connection } from "./connection.ts";
import { BEGINNING } from "./event.ts";
import { unreadableRow } from "./run-record.ts";

export type EvidenceStep = "noted" | "kept";

export type EvidenceNote = {
  /** The run or dry run whose folder it is. */
  readonly folder: string;
  readonly step: EvidenceStep;
  /** Of its SHA256SUMS, 64 hex digits. */
  readonly sumsSha256: string;
};

/** `noted`: the process ended before the folder was there, or before that was written down. */
export type KnownEvidence = { readonly sumsSha256: string; readonly step: EvidenceStep };

const EvidenceRow = v.strictObject({
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  folder: v.string(),
  step: v.picklist(["noted", "kept"]),
  sums_sha256: v.string(),
  at: v.string(),
  previous_sha256: v.string(),
  sha256: v.string(),
});

type EvidenceRow = v.InferOutput<typeof EvidenceRow>;

/** EVIDENCE_ALTERED where another digest was noted for the same folder. */
export function noteEvidence(connection: Connection, note: EvidenceNote): KnownEvidence | Failure {
  return connection.write(() => {
    const known = findEvidence(connection, note.folder);
    if (known instanceof Failure) return known;
    if (known !== null && known.sumsSha256 !== note.sumsSha256) return anotherDigest(note);
    if (known?.step === "kept" || known?.step === note.step) return known;
    const [last] = connection.rows(lastEvidence) as readonly { readonly sequence: number; readonly sha256: string }[];
    const row = {
      sequence: (last?.sequence ?? 0) + 1,
      ...{ folder: note.folder, step: note.step, sums_sha256: note.sumsSha256, at: timestamp() },
      previous_sha256: last?.sha256 ?? BEGINNING,
    };
    connection.change(insertEvidence, { ...row, sha256: digestOf(row) });
    return { sumsSha256: note.sumsSha256, step: note.step };
  });
}

/** null where nothing is known of it; within a transaction of the caller. */
export function findEvidence(connection: Connection, folder: string): KnownEvidence | null | Failure {
  let known: KnownEvidence | null = null;
  for (const row of connection.rows(evidenceOf, { folder })) {
    const parsed = v.safeParse(EvidenceRow, row);
    if (!parsed.success) return unreadableRow("evidence", v.summarize(parsed.issues));
    known = { sumsSha256: parsed.output.sums_sha256, step: parsed.output.step };
  }
  return known;
}

/** EVIDENCE_ALTERED with the first link that does not fit; else how many there are. */
export function followEvidence(connection: Connection): number | Failure {
  let [links, previous] = [0, BEGINNING];
  for (const raw of connection.each(allEvidence)) {
    const parsed = v.safeParse(EvidenceRow, raw);
    if (!parsed.success) return misfit(links + 1, v.summarize(parsed.issues));
    const { sha256: digest, ...row } = parsed.output;
    const follows = row.sequence === links + 1 && row.previous_sha256 === previous;
    if (!follows || digest !== digestOf(row)) return misfit(links + 1, "it was changed, lost or put elsewhere");
    [links, previous] = [row.sequence, digest];
  }
  return links;
}

function digestOf(row: Omit<EvidenceRow, "sha256">): string {
  return sha256(canonicalJson(row));
}

function misfit(sequence: number, why: string): Failure {
  const message = `digest ${sequence} of the evidence chain of the run store does not fit: ${why}`;
  return new Failure("EVIDENCE_ALTERED", message, { facts: { what: "changed", name: "cutter.db", sequence } });
}

function anotherDigest({ folder }: EvidenceNote): Failure {
  return new Failure("EVIDENCE_ALTERED", `the run store has another digest for the evidence of ${folder}`, {
    facts: { what: "changed", name: folder },
  });
}

/**
 * backup-vouchers: what is known of backups outside of their folder: by the run store of this machine, by a ledger that
 * was named, by a digest that somebody kept.
 *
 * Makes no store where there is none, and connects to no database but the one of --ledger-url. Called by
 * backup-verify.ts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readLedgerVouchers, SAYS_NOTHING, type Voucher } from "../execution/backup/voucher.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import { Failure } from "../kernel/failure.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { boundSession } from "../kernel/session/bounds.ts";
import { openSession } from "../kernel/session/open.ts";
import { STORE_FILE } from "../orchestrator/store/database-file.ts";
import type { PhaseRecord } from "../orchestrator/store/phase-record.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { Globals } from "./command/command.ts";
import { withStore } from "./run-store.ts";

export type VoucherFlags = { readonly sha256: string | undefined; readonly "ledger-url": string | undefined };

/** Of all backups that are known there; USAGE for what is no digest, or why the ledger or the store cannot be asked. */
export async function readVouchers(flags: VoucherFlags, globals: Globals): Promise<readonly Voucher[] | Failure> {
  const kept = keptDigest(flags.sha256);
  if (kept instanceof Failure) return kept;
  const stored = await storedVouchers(globals);
  if (stored instanceof Failure) return stored;
  const recorded = await ledgerVouchers(flags["ledger-url"]);
  return recorded instanceof Failure ? recorded : [...stored, ...recorded, ...kept];
}

function keptDigest(digest: string | undefined): readonly Voucher[] | Failure {
  if (digest === undefined) return [];
  if (/^[0-9a-f]{64}$/.test(digest)) return [{ ...SAYS_NOTHING, by: "--sha256", manifestSha256: digest }];
  return new Failure("USAGE", "--sha256 takes the 64 hex digits of the manifest that cutter backup create printed");
}

async function storedVouchers(globals: Globals): Promise<readonly Voucher[] | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  // Where no state directory can be told there is no store in it.
  if (state instanceof Failure || !existsSync(join(state, STORE_FILE))) return [];
  return withStore(globals, async (store) => vouchersOf(store));
}

function vouchersOf(store: Store): readonly Voucher[] | Failure {
  const chain = store.verifyChain();
  if (chain instanceof Failure) return chain;
  const runs = store.runs();
  if (runs instanceof Failure) return runs;
  const vouchers: Voucher[] = [];
  for (const run of runs) {
    const phases = store.phases(run.runId);
    if (phases instanceof Failure) return phases;
    const made = phases.filter(({ phase, outcome }) => phase === "pre_write_backup" && outcome === "done");
    vouchers.push(...made.flatMap((phase) => voucherOf(run, phase)));
  }
  return vouchers;
}

/** A dry run's phase has no file. */
function voucherOf({ runId, target }: RunRecord, { payload }: PhaseRecord): readonly Voucher[] {
  const facts = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string | null => (typeof facts[name] === "string" ? facts[name] : null);
  if (text("file_name") === null || text("cipher_sha256") === null) return [];
  return [
    {
      by: `run ${runId} in the run store`,
      ...{ fileName: text("file_name"), cipherSha256: text("cipher_sha256"), plainSha256: text("plain_sha256") },
      ...{ manifestSha256: text("manifest_sha256"), keyFingerprint: text("key_fingerprint"), runId },
      target: target as Voucher["target"],
      counts: (facts.snapshot_counts ?? null) as Voucher["counts"],
    },
  ];
}

async function ledgerVouchers(url: string | undefined): Promise<readonly Voucher[] | Failure> {
  if (url === undefined) return [];
  const target = await resolveTarget({ environment: process.env, url, urlOption: "--ledger-url" });
  if (target instanceof Failure) return target;
  const session = await openSession(target, { label: "survey" });
  if (session instanceof Failure) return session;
  try {
    const bounded = await boundSession(session, "on");
    return bounded instanceof Failure ? bounded : await readLedgerVouchers(session, describeTarget(target));
  } finally {
    await session.close();
  }
}

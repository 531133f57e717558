/**
 * approval-verify: `cutter approval verify FILE`: who signed an approval, for what, and whether its run would take it.
 *
 * Judged as the run itself judges it, with every reason, at the gate that it names. From the local run store: no
 * connection is made, and nothing is consumed or written. Called by approval-commands.ts.
 */
import { authoritiesOf, parseApproval } from "../flow/approval.ts";
import { timestamp } from "../kernel/clock.ts";
import type { ApprovalPolicy } from "../kernel/conninfo/approval-policy.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { sha256 } from "../kernel/digest.ts";
import { isRunId } from "../kernel/evidence/run-id.ts";
import { type Fact, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";
import { type Judgement, judgeApproval } from "../orchestrator/approvals/judge-approval.ts";
import { readSignatures } from "../orchestrator/approvals/signature-files.ts";
import { refuseStanding } from "../orchestrator/approvals/standing.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { type ApprovalCheck, approvalCheckText } from "../report/approval-check.ts";
import type { Globals } from "./command/command.ts";
import { withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Invocation = {
  readonly positionals: { readonly FILE: string };
  readonly flags: { readonly signature: readonly string[] };
  readonly globals: Globals;
};

export function approvalVerify(
  { positionals, flags, globals }: Invocation,
  terminal: Terminal,
): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const { FILE: file } = positionals;
    const bytes = readRegularFile(file, limits.approvalBytes);
    if (bytes instanceof Failure) return bytes;
    const signatures = readSignatures(file, flags.signature);
    if (signatures instanceof Failure) return signatures;
    const configuration = await readConfiguration(globals.config, process.env);
    if (configuration instanceof Failure) return configuration;
    const now = timestamp();
    const judgement = await judge({ bytes, signatures, policy: configuration.approvals, now }, store);
    if (judgement instanceof Failure) return judgement;
    const check = checkOf(judgement, { file, bytes, now });
    const { stdout } = terminal.colour;
    if (globals.format === "json") await terminal.document(check as Fact);
    else await terminal.result(approvalCheckText(check, (text, style) => paint(text, style, stdout)));
    return check.exit;
  });
}

type Question = {
  readonly bytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly policy: ApprovalPolicy;
  readonly now: string;
};

async function judge({ bytes, ...question }: Question, store: Store): Promise<Judgement | Failure> {
  const approval = parseApproval(bytes);
  if (approval instanceof Failure) return approval;
  const run = isRunId(approval.run_id) ? store.run(approval.run_id) : null;
  if (run instanceof Failure) return run;
  if (run === null) {
    const unknown = new Failure("RUN_UNKNOWN", `there is no run ${approval.run_id} in ${store.directory}`);
    return { approval, signers: [], faults: [unknown] };
  }
  const judgement = await judgeApproval({ ...question, store, run, gate: approval.gate, approval: bytes });
  if (judgement instanceof Failure) return judgement;
  const misplaced = refuseUnawaited(judgement, run, store);
  return misplaced === null ? judgement : { ...judgement, faults: [misplaced, ...judgement.faults] };
}

/** One that the run has used is behind its gate, and is asked for again after a crash. */
function refuseUnawaited({ approval }: Judgement, run: RunRecord, store: Store): Failure | null {
  const used = store.approval(approval.approval_id);
  return used === null ? refuseStanding(run, approval.gate) : null;
}

type Asked = { readonly file: string; readonly bytes: Uint8Array; readonly now: string };

function checkOf({ approval, signers, faults }: Judgement, { file, bytes, now }: Asked): ApprovalCheck {
  const { schema: _, target, authority: __, ...words } = approval;
  const holds = approval.decision === "approved" ? "accepted" : "rejection";
  const verdict = faults.length === 0 ? holds : "refused";
  return {
    ...{ schema: "cutter.approval-check/v1", file, at: now, document_sha256: sha256(bytes), ...words },
    database: `${target.database}, system identifier ${target.systemIdentifier ?? "not readable"}`,
    authorities: authoritiesOf(approval),
    signers: signers.map(({ authority, keyFingerprint }) => ({ authority, key_fingerprint: keyFingerprint })),
    reasons: faults.map(({ code, message }) => ({ code, message })),
    ...{ verdict, exit: verdict === "accepted" ? 0 : 4 },
  };
}

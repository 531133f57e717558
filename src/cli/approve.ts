/**
 * approve: `cutter approve RUN --gate SG1 --authority NAME`: shows what is decided, and writes the document of it.
 *
 * With --sign-with ssh-keygen signs it, by a key file, an agent or a hardware key. No connection is made, the run does
 * not move, and no file is replaced. Called by approval-commands.ts.
 */
import { resolve } from "node:path";
import { parseApproval } from "../flow/approval.ts";
import { parseDuration, timestamp } from "../kernel/clock.ts";
import type { ApprovalPolicy } from "../kernel/conninfo/approval-policy.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { sha256 } from "../kernel/digest.ts";
import { findSshKeygen, signDocument } from "../kernel/evidence/ssh-keygen.ts";
import { type Fact, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { removeQuietly, writeNewPrivateFile } from "../kernel/private-files/file.ts";
import { NAMESPACES } from "../orchestrator/approvals/namespace.ts";
import { signaturePath } from "../orchestrator/approvals/signature-files.ts";
import { type Decision, type Written, writtenApproval } from "../orchestrator/approvals/written-approval.ts";
import { type ApproveReport, approveText } from "../report/approve.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { findRun, withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Flags = {
  readonly gate: Decision["gate"];
  readonly authority: readonly string[];
  readonly "sign-with": string | undefined;
  readonly reject: boolean;
  readonly unrehearsed: boolean;
  readonly note: string | undefined;
  readonly "valid-for": string | undefined;
  readonly out: string | undefined;
};
type Invocation = {
  readonly positionals: { readonly RUN: string };
  readonly flags: Flags;
  readonly globals: Globals;
};

export function approve({ positionals, flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const run = findRun(store, positionals.RUN);
    if (run instanceof Failure) return run;
    const configuration = await readConfiguration(globals.config, process.env);
    if (configuration instanceof Failure) return configuration;
    const decision = decisionOf(flags, configuration.approvals);
    if (decision instanceof Failure) return decision;
    const written = writtenApproval(store, run, decision);
    if (written instanceof Failure) return written;
    const bytes = Buffer.from(`${JSON.stringify(written.approval, null, 2)}\n`);
    const readBack = parseApproval(bytes);
    if (readBack instanceof Failure) return new Failure("USAGE", readBack.message);
    if (globals.format === "text") await show(written, terminal);
    const signature = await signed(flags, bytes, configuration.approvals);
    if (signature instanceof Failure) return signature;
    const file = resolve(flags.out ?? `${run.runId}.${flags.gate}.json`);
    const failure = keep(file, bytes, signature);
    if (failure !== null) return failure;
    await tell(reportOf(written, { file, bytes, signature }), { globals, terminal });
    return EXIT.done;
  });
}

function decisionOf(flags: Flags, { required, validForMs: configured }: ApprovalPolicy): Decision | Failure {
  const { gate, authority: authorities, note = "" } = flags;
  const decision = flags.reject ? "rejected" : "approved";
  if (authorities.length === 0) return new Failure("USAGE", "--authority is missing: who is to sign");
  if (authorities.length > limits.approvalAuthorities) return new Failure("USAGE", "--authority is given too often");
  if (flags.reject && note === "") return new Failure("USAGE", "--reject goes with --note TEXT: why");
  if (!flags.reject && authorities.length < required[gate]) {
    const message = `${gate} needs ${required[gate]} authorities, as configured, and ${authorities.length} is named`;
    return new Failure("USAGE", message, { hint: "Give --authority once for each." });
  }
  const validFor = flags["valid-for"];
  const validForMs = validFor === undefined ? configured : parseDuration(validFor);
  if (validForMs === null || validForMs > limits.longestApprovalMs) {
    return new Failure("USAGE", `--valid-for ${validFor} is no duration such as 90m, 24h or 7d, 30d at most`);
  }
  const rehearsal = gate !== "SG1" || flags.reject || flags.unrehearsed ? "waived" : "required";
  return { gate, decision, authorities, note, validForMs, rehearsal, now: timestamp() };
}

async function show({ shown, plan }: Written, terminal: Terminal): Promise<void> {
  const { stdout } = terminal.colour;
  for (const part of approveText(shown, plan, (text, style) => paint(text, style, stdout))) await terminal.result(part);
}

/** null where it is left to the approver. */
async function signed(flags: Flags, document: Uint8Array, policy: ApprovalPolicy): Promise<string | null | Failure> {
  const { "sign-with": key, gate } = flags;
  if (key === undefined) return null;
  const program = findSshKeygen(policy.sshKeygen, process.env);
  if (program instanceof Failure) return program;
  return signDocument(program, { key, namespace: NAMESPACES[gate], document, talk: "show" }, process.env);
}

/** Both or none. The signature first: a document without it would seem to be still unsigned. */
function keep(file: string, bytes: Uint8Array, signature: string | null): Failure | null {
  if (signature === null) return writeNewPrivateFile(file, bytes);
  const beside = signaturePath(file, 1);
  const unsigned = writeNewPrivateFile(beside, signature);
  if (unsigned !== null) return unsigned;
  const failure = writeNewPrivateFile(file, bytes);
  if (failure !== null) removeQuietly(beside);
  return failure;
}

type Kept = { readonly file: string; readonly bytes: Uint8Array; readonly signature: string | null };

function reportOf({ approval, shown, plan }: Written, { file, bytes, signature }: Kept): ApproveReport {
  const { gate, run_id: id, authority, decision } = approval;
  const count = typeof authority === "string" ? 1 : authority.length;
  const missing = count - (signature === null ? 0 : 1);
  const sign = `ssh-keygen -Y sign -f KEY -n ${NAMESPACES[gate]} ${file}`;
  const second = `; a second signature is kept as ${signaturePath(file, 2)}`;
  const use = gate === "SG1" || gate === "SG2" ? "resume" : "revert";
  const live = approval.mode === "live" ? " --live" : "";
  return {
    ...{ schema: "cutter.approve/v1", ...shown, file, document_sha256: sha256(bytes) },
    signature: signature === null ? null : signaturePath(file, 1),
    next: [
      ...(missing === 0 ? [] : [`${sign} (${missing} more to sign)${count > 1 ? second : ""}`]),
      `cutter approval verify ${file}`,
      `cutter ${use} ${id} --approval ${file}${live}${decision === "rejected" ? " (records the rejection)" : ""}`,
    ],
    plan,
  };
}

async function tell(
  report: ApproveReport,
  { globals, terminal }: { readonly globals: Globals; readonly terminal: Terminal },
): Promise<void> {
  if (globals.format === "json") return terminal.document(report as Fact);
  const written = [`written: ${report.file}`, ...(report.signature === null ? [] : [`signed: ${report.signature}`])];
  await terminal.result(`\n${[...written, ...report.next.map((line) => `next: ${line}`)].join("\n")}\n`);
}

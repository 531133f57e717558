/**
 * doctor/signers: who could sign at each gate now: listed for it, with a key that holds now, each person with their
 * own.
 *
 * Reads the file that an approval is judged by, and asks ssh-keygen whether it answers. Called by doctor.ts.
 */
import type { Configuration } from "../../kernel/conninfo/configuration.ts";
import { findSshKeygen, verifySignature } from "../../kernel/evidence/ssh-keygen.ts";
import { Failure } from "../../kernel/failure.ts";
import { type AllowedSigner, readAllowedSigners } from "../../orchestrator/approvals/allowed-signers.ts";
import { NAMESPACES } from "../../orchestrator/approvals/namespace.ts";
import type { Condition, GateSigners } from "../../readiness/doctor/condition.ts";

/** `now`: ISO 8601, UTC. */
export async function lookAtSigners({ approvals }: Configuration, now: string): Promise<Condition["approvers"]> {
  const allowed = readAllowedSigners(approvals.allowedSigners);
  if (allowed instanceof Failure) return { wrong: allowed.message };
  const program = findSshKeygen(approvals.sshKeygen, process.env);
  if (program instanceof Failure) return { wrong: program.message };
  const answer = await verifySignature(program, {
    ...{ allowedSigners: "/dev/null", signature: "/dev/null", principal: "nobody", namespace: NAMESPACES.SG1 },
    ...{ document: new Uint8Array(), now },
  });
  if (answer instanceof Failure) return { wrong: `${answer.code}: ${answer.message}` };
  const gates = ["SG1", "SG2", "REVERT", "HARD_DELETE"] as const;
  return gates.map((gate): GateSigners => {
    const listed = allowed.signers.filter(({ namespaces }) => namespaces.includes(NAMESPACES[gate]));
    const holding = listed.filter((signer) => lapse(signer, now) === null);
    const lapsed = listed.flatMap((signer) => {
      const why = lapse(signer, now);
      return why === null ? [] : [`${signer.principals.join(",")} (${why})`];
    });
    return { gate, required: approvals.required[gate], able: peopleAmong(holding), lapsed };
  });
}

/** Why a key does not hold now, or null. ssh-keygen(1), ALLOWED SIGNERS; it is run with TZ=UTC. */
function lapse({ validAfter, validBefore }: AllowedSigner, now: string): string | null {
  const second = Number(now.slice(0, 19).replaceAll(/[-:T]/g, ""));
  if (validAfter !== null && !(secondOf(validAfter) <= second)) return `not before ${validAfter}`;
  if (validBefore !== null && !(second <= secondOf(validBefore))) return `until ${validBefore}`;
  return null;
}

/** YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z or without, in full; NaN, before and after nothing, for others. */
function secondOf(time: string): number {
  const [, digits = "none"] = /^(\d{8}|\d{12}|\d{14})Z?$/.exec(time) ?? [];
  return Number(digits.padEnd("YYYYMMDDHHMMSS".length, "0"));
}

/** How many people can sign one document, each with a key that nobody else signs it with; no policy asks for three. */
function peopleAmong(signers: readonly AllowedSigner[]): number {
  const pairs = signers.flatMap((one) => signers.map((other) => [one, other] as const));
  const isTwo = pairs.some(([one, other]) => {
    if (one.keyFingerprint === other.keyFingerprint) return false;
    return one.principals.some((name) => other.principals.some((another) => name !== another));
  });
  return isTwo ? 2 : signers.length === 0 ? 0 : 1;
}

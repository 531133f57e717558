/**
 * PROOF-3: the connection is a real one, to the database that was named, as the role that was meant.
 *
 * Asks the server twice, with a question that only a server can answer anew, and refuses what the rollback-only
 * transaction does not hold on: a standby, a pooler, a superuser, an old server, track_counts off. The witness must be
 * another session on the same database.
 */
import { randomUUID } from "node:crypto";
import { sha256 } from "../src/kernel/digest.ts";
import { Failure } from "../src/kernel/failure.ts";
import { inspectSession, refuseUnsafe, type SessionIdentity } from "../src/kernel/rollback-only/identity.ts";
import { refuseUnreadableNames } from "../src/kernel/rollback-only/readable-names.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { Mismatch } from "../src/report/battery.ts";
import { expectEqual, failed, judge } from "../src/report/judgement.ts";
import { ConnectionShim } from "./connection-shim.ts";
import type { ProofContext } from "./context.ts";
import { shakeHands } from "./handshake.ts";
import type { Proof } from "./proof.ts";
import { countsOff, fakeDriver, pooler, standby, superuser, triggersOff, wrongRole } from "./sabotage/connection.ts";
import { witnessElsewhere, witnessIsProof } from "./sabotage/witness.ts";

export const connectionIsReal: Proof = {
  id: "PROOF-3",
  claim: "the connection is real, to the database that was named",
  sabotage: [
    wrongRole,
    pooler,
    fakeDriver,
    standby,
    superuser,
    countsOff,
    triggersOff,
    witnessIsProof,
    witnessElsewhere,
  ],
  async run(context) {
    const target = await context.target();
    if (target instanceof Failure) return failed(target);
    const session = await context.connections.proof();
    if (session instanceof Failure) return failed(session);
    const identity = await inspectSession(session);
    if (identity instanceof Failure) return failed(identity);
    context.record.identity = identity;
    // The embedded engine knows no other login; the role is taken with SET ROLE, and the report names the waiver.
    const allowSuperuser =
      context.connections.sessions === "single" || context.options.allowances.includes("superuser");
    const unsafe = refuseUnsafe(identity, { allowSuperuser });
    if (unsafe !== null) return failed(unsafe, { ...identity });
    const unreadable = await refuseUnreadableNames(session, identity.encoding);
    if (unreadable !== null) return failed(unreadable);
    const challenged = await challenge(session);
    if (challenged instanceof Failure) return failed(challenged);
    const witnessed = await seenByWitness(context, session);
    if (witnessed instanceof Failure) return failed(witnessed);
    const expectedRole = context.options.expectedRole ?? target.expectedRole;
    const role = expectedRole === null ? [] : expectEqual("role", expectedRole, identity.role);
    // As a replica, the server fires no trigger and checks no foreign key: what such a session writes proves nothing.
    const replica = expectEqual("session_replication_role", "origin", identity.sessionReplicationRole);
    const facts = {
      ...identity,
      shim: "execute() and fetchone() answered questions that were never asked before",
    };
    const mismatches = [...challenged, ...witnessed, ...replica, ...role];
    return judge({ summary: summary(identity, session), facts, mismatches });
  },
};

/** On the embedded engine the one session is its own witness, and the report says so. */
async function seenByWitness(context: ProofContext, session: Session): Promise<readonly Mismatch[] | Failure> {
  if (context.connections.sessions === "single") return [];
  const witness = await context.connections.witness();
  return witness instanceof Failure ? witness : shakeHands(session, witness);
}

const ROUNDS = 2;

/** A digest of something never said before: an answer from memory cannot be right. */
async function challenge(session: Session): Promise<readonly Mismatch[] | Failure> {
  const shim = new ConnectionShim(session);
  const mismatches: Mismatch[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const nonce = randomUUID();
    const reply = await shim.execute(
      `SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($1::pg_catalog.text, 'UTF8')), 'hex') AS answer,
        pg_catalog.pg_backend_pid() AS pid`,
      [nonce],
    );
    if (reply instanceof Failure) return reply;
    const row = shim.fetchone();
    mismatches.push(...expectEqual("answer to a question never asked before", sha256(nonce), row?.answer ?? null));
    mismatches.push(...expectEqual("backend pid", session.login.backendPid, row?.pid ?? null));
  }
  return mismatches;
}

function summary(identity: SessionIdentity, session: Session): string {
  const tls = session.login.tls === null ? "" : `, ${session.login.tls}`;
  return `PostgreSQL ${session.login.serverVersion}, role ${identity.role}, ${session.login.address}${tls}`;
}

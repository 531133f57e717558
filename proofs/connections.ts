/**
 * connections: opens the two sessions of a battery when they are first asked for, and closes them at its end.
 *
 * On a server: one session for the proof and one, read-only, for the witness. On the embedded engine there is one
 * session for both: the role is taken with SET ROLE, and the owner's door stands open for sabotages.
 */
import type { Target } from "../src/kernel/conninfo/target.ts";
import type { CountOptions } from "../src/kernel/counts/request.ts";
import { Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import { refuseOldServer, refuseStandby } from "../src/kernel/rollback-only/identity.ts";
import { boundSession } from "../src/kernel/session/bounds.ts";
import { openSession } from "../src/kernel/session/open.ts";
import type { Session } from "../src/kernel/session/session.ts";
import { Witness } from "../src/kernel/witness.ts";
import type { Connections, ProofContext } from "./context.ts";

export type ConnectionPlan = {
  readonly target: Target;
  /** The witness's own database connection; the proof's where null. */
  readonly witnessTarget: Target | null;
  /** Taken with SET ROLE on the embedded engine. */
  readonly embeddedRole: string;
  readonly counts: CountOptions;
  /** The longest that a statement of the plan may take; limits.statementTimeoutMs unless given. */
  readonly statementTimeoutMs?: number;
};

export function connect(plan: ConnectionPlan): Connections & Pick<ProofContext, "asOwner"> {
  return plan.target.kind === "embedded" ? oneSession(plan) : twoSessions(plan);
}

function twoSessions(plan: ConnectionPlan): Connections & Pick<ProofContext, "asOwner"> {
  // Also for what is ours: a server that froze must not hold an operator longer than his own statement would.
  const longestMs = plan.statementTimeoutMs ?? limits.statementTimeoutMs;
  const wallClockMs = Math.max(longestMs, limits.witnessLookTimeoutMs) + limits.wallClockGraceMs;
  const proof = once(() => openBounded(plan.target, { label: "proof", readOnly: "off", wallClockMs }));
  const witness = once(async () => {
    const target = plan.witnessTarget ?? plan.target;
    const session = await openBounded(target, { label: "witness", readOnly: "on", wallClockMs });
    return session instanceof Failure ? session : new Witness(session, plan.counts);
  });
  return {
    sessions: "two",
    proof() {
      // Both logins at the same time: each waits for the server most of its time.
      void witness.get();
      return proof.get();
    },
    witness: witness.get,
    asOwner: null,
    async close() {
      const opened = [await proof.taken(), (await witness.taken())?.session];
      await Promise.all(opened.map((session) => session?.close()));
    },
  };
}

function oneSession(plan: ConnectionPlan): Connections & Pick<ProofContext, "asOwner"> {
  const takeRole = `SET ROLE ${plan.embeddedRole}`;
  const session = once(async () => {
    const opened = await openSession(plan.target, { label: "proof" });
    if (opened instanceof Failure) return opened;
    const taken = await opened.query(takeRole);
    return taken instanceof Failure ? taken : opened;
  });
  return {
    sessions: "single",
    proof: session.get,
    async witness() {
      const opened = await session.get();
      return opened instanceof Failure ? opened : new Witness(opened, plan.counts);
    },
    async asOwner(statements) {
      const opened = await session.get();
      if (opened instanceof Failure) return opened;
      for (const statement of ["RESET ROLE", "BEGIN READ WRITE", ...statements, "COMMIT", takeRole]) {
        const reply = await opened.query(statement);
        if (reply instanceof Failure) return reply;
      }
      return null;
    },
    async close() {
      await (await session.taken())?.close();
    },
  };
}

type Purpose = { readonly label: string; readonly readOnly: "on" | "off"; readonly wallClockMs: number };

/** A session under the bounds of limits.ts. Its default is read-only where it never writes. */
async function openBounded(target: Target, { label, readOnly, wallClockMs }: Purpose): Promise<Session | Failure> {
  const session = await openSession(target, { label, wallClockMs });
  if (session instanceof Failure) return session;
  const unfit = refuseOldServer(session.login) ?? (readOnly === "off" ? refuseStandby(session.login) : null);
  const bounded = unfit ?? (await boundSession(session, readOnly));
  if (!(bounded instanceof Failure)) return session;
  await session.close();
  return bounded;
}

/**
 * Opens at the first call; later calls get the same. A failure is not kept, since nothing was opened. What was opened
 * is taken out to be closed; the next call opens anew.
 */
function once<T>(open: () => Promise<T | Failure>): {
  get: () => Promise<T | Failure>;
  taken: () => Promise<T | null>;
} {
  let pending: Promise<T | Failure> | null = null;
  return {
    get: async () => {
      pending ??= open();
      const answer = await pending;
      if (answer instanceof Failure) pending = null;
      return answer;
    },
    taken: async () => {
      const answer = pending === null ? null : await pending;
      pending = null;
      return answer instanceof Failure ? null : answer;
    },
  };
}

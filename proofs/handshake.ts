/**
 * handshake: whether the witness is another session that looks at the same database of the same server.
 *
 * The proof's session takes an advisory lock with a key that nobody can know, and the witness says who holds it. Locks
 * are seen by every role, by no other database and by no standby, so a witness that looks elsewhere sees nothing, and
 * would see nothing of a leak either. Called by PROOF-3.
 */
import { randomBytes } from "node:crypto";
import { Failure } from "../src/kernel/failure.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { Witness } from "../src/kernel/witness.ts";
import type { Mismatch } from "../src/report/battery.ts";
import { expectEqual } from "../src/report/judgement.ts";

const TAKE = "SELECT pg_catalog.pg_try_advisory_lock($1::pg_catalog.int8) AS taken";
const RELEASE = "SELECT pg_catalog.pg_advisory_unlock($1::pg_catalog.int8) AS released";

export async function shakeHands(session: Session, witness: Witness): Promise<readonly Mismatch[] | Failure> {
  const { backendPid } = session.login;
  const key = randomBytes(8).readBigInt64BE().toString();
  const taken = await session.query(TAKE, [key]);
  if (taken instanceof Failure) return taken;
  const holder = await witness.holderOf(key);
  const released = await session.query(RELEASE, [key]);
  if (holder instanceof Failure) return holder;
  if (released instanceof Failure) return released;
  const seen = holder ?? "none: it looks at another database or server";
  const another = witness.session.login.backendPid !== backendPid;
  return [
    ...expectEqual("backend whose lock the witness sees", backendPid, seen),
    ...expectEqual("the witness is a session of its own", true, another),
  ];
}

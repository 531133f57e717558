/**
 * attributes: whether a server is of the kind that target_session_attrs asks for.
 *
 * Servers of version 14 and newer say so in the login; others, and poolers in between, are asked. Changes nothing.
 * Called by open.ts. Source: PostgreSQL manual, "target_session_attrs".
 */
import type { TargetSessionAttributes } from "../conninfo/target.ts";
import { Failure } from "../failure.ts";
import type { Session, SessionSettings } from "./session.ts";

type ServerKind = { readonly standby: boolean; readonly readOnly: boolean };

export type AttributesQuestion = {
  readonly session: Session;
  readonly settings: SessionSettings;
  readonly reported: Readonly<Record<string, string>>;
  readonly wanted: TargetSessionAttributes;
};

/** Null where the server is as wanted, else a Failure with `facts.wanted`. */
export async function checkAttributes(question: AttributesQuestion): Promise<Failure | null> {
  const { session, settings, wanted } = question;
  if (wanted === "any") return null;
  const kind = (await kindReported(question)) ?? (await kindAsked(session));
  if (kind instanceof Failure) return kind;
  // A session that makes itself read-only says nothing about the server by being so.
  const madeReadOnly = settings.parameters?.default_transaction_read_only !== undefined;
  const is = describeKind(madeReadOnly ? { ...kind, readOnly: kind.standby } : kind);
  if (is.includes(wanted)) return null;
  const { address } = session.login;
  return new Failure("CONNECT_FAILED", `${address} is ${is.join(", ")}; target_session_attrs is ${wanted}`, {
    facts: { address, wanted, is },
  });
}

function describeKind({ standby, readOnly }: ServerKind): TargetSessionAttributes[] {
  return [standby ? "standby" : "primary", standby || readOnly ? "read-only" : "read-write"];
}

async function kindReported({ reported }: AttributesQuestion): Promise<ServerKind | null> {
  const { in_hot_standby: standby, default_transaction_read_only: readOnly } = reported;
  if (standby === undefined || readOnly === undefined) return null;
  return { standby: standby === "on", readOnly: readOnly === "on" };
}

async function kindAsked(session: Session): Promise<ServerKind | Failure> {
  const reply = await session.query(
    "SELECT pg_catalog.pg_is_in_recovery() AS standby, " +
      "pg_catalog.current_setting('transaction_read_only') AS read_only",
  );
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  return { standby: row?.standby === "t", readOnly: row?.read_only === "on" };
}

/**
 * providers/first-answer: a server counts as started when it has answered a real session, never before.
 *
 * Called by the providers, also when they ask anew what the server listens on.
 */
import serverAnswer from "../../../sql/sandbox/server-answer.sql" with { type: "text" };
import type { Target } from "../../kernel/conninfo/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { openSession } from "../../kernel/session/open.ts";

export type ServerAnswer = { readonly version: string; readonly listenAddresses: string };

export async function askServer(target: Target): Promise<ServerAnswer | Failure> {
  const session = await openSession(target, { label: "sandbox" });
  if (session instanceof Failure) return session;
  try {
    const reply = await session.query(serverAnswer);
    if (reply instanceof Failure) return reply;
    const [row] = reply.rows;
    return { version: row?.version ?? "", listenAddresses: row?.listen_addresses ?? "unknown" };
  } finally {
    await session.close();
  }
}

/**
 * rolled-back: whether the server's answer to a ROLLBACK says that there was a transaction and that it is gone.
 *
 * Without one the server answers `ROLLBACK` all the same, with a warning of its own code (25P01). What a server or an
 * extension is set to tell beside it (logged statements, plans, debugging) is none of our business. Never asks the
 * server. Called by sealed.ts and guarded.ts.
 */
import type { Notice, Reply, TransactionStatus } from "../session/session.ts";

/** `status` is that of the ReadyForQuery after it. */
export function isRolledBack({ tag, notices }: Reply, status: TransactionStatus): boolean {
  return tag === "ROLLBACK" && status === "I" && !notices.some(contradicts);
}

/** 01000 is what any code that warns without a reason of its own sends, auto_explain among them. */
function contradicts({ severity, code }: Notice): boolean {
  return severity === "WARNING" && code !== "01000";
}

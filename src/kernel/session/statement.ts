/**
 * statement: what is asked of a session at once, and the Failures that are about a statement and not about the server.
 *
 * Refuses what could not be sent as it is: a zero byte would cut the text short, a lone surrogate would be replaced in
 * silence. Pure. Called by guarded-session.ts.
 */

import { boundedText } from "../evidence/bounded-text.ts";
import { Failure, type FailureDetails } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Cell, Reply } from "./session.ts";
import type { Course } from "./wire.ts";

export type Statement = {
  readonly text: string;
  readonly parameters: readonly Cell[];
  readonly wallClockMs: number;
};

/** The driver's bound; the protocol's is 65,535. */
const MOST_PARAMETERS = 65_533;
const CHARACTER_NOT_IN_REPERTOIRE = "22021";
const PROGRAM_LIMIT_EXCEEDED = "54000";
const NOT_SENT = "The statement was not sent.";

/** Null where every character arrives as it is. */
export function whyUnsendable(text: string, parameters: readonly Cell[]): Failure | null {
  const spoiled = [text, ...parameters].findIndex((value) => value?.includes("\0") || value?.isWellFormed() === false);
  if (spoiled !== -1) {
    const which = spoiled === 0 ? "the statement" : `parameter $${spoiled}`;
    return notSent(CHARACTER_NOT_IN_REPERTOIRE, `${which} holds a zero byte or half a character`);
  }
  if (parameters.length > MOST_PARAMETERS)
    return notSent(PROGRAM_LIMIT_EXCEEDED, "the statement has too many parameters");
  if (text.length > limits.messageBytes) return notSent(PROGRAM_LIMIT_EXCEEDED, "the statement is too long");
  return null;
}

function notSent(sqlstate: string, message: string): Failure {
  return new Failure("DATABASE_ERROR", message, { data: NOT_SENT, facts: { sqlstate, server_message: null } });
}

export type Strike = {
  readonly wallClockMs: number;
  /** What became of the statement after all. */
  readonly outcome: Reply | Failure;
  /** What became of the request to cancel. */
  readonly struck: Failure | null;
};

/** Says what the statement came to: it may have been completed just when the clock struck, a COMMIT too. */
export function wallClockExceeded({ wallClockMs, outcome, struck }: Strike): Failure {
  const completed = !(outcome instanceof Failure);
  const became = completed ? `completed as ${outcome.tag}` : outcome.code === "SESSION_LOST" ? "ended" : "cancelled";
  const facts = {
    wall_clock_ms: wallClockMs,
    statement: became,
    cancel: struck === null ? "sent" : struck.message,
    ...(completed ? { tag: outcome.tag, notices: noticesOf(outcome) } : outcome.facts),
  };
  const said = completed && outcome.notices.length > 0 ? `, and the server said: ${noticesOf(outcome).join("; ")}` : "";
  return new Failure(
    "WALL_CLOCK_EXCEEDED",
    `a statement ran for more than ${wallClockMs} ms and was ${became}${said}`,
    {
      ...(completed ? { data: `The statement took effect all the same: ${outcome.tag}.` } : {}),
      facts,
      ...(completed ? {} : { cause: outcome }),
    },
  );
}

/** A COMMIT that was cancelled while it waited for a standby is answered with a warning, and nowhere else. */
export function noticesOf({ notices }: Reply): string[] {
  return notices.map(({ code, message }) => `${code} ${message}`);
}

export function wallClockLoss(label: string): Failure {
  return new Failure("SESSION_LOST", `the session ${label} was ended: a statement outlived its time and a cancel`);
}

/** The driver and the server tell different stories: one of them is not what we take it for. */
export function disagreement(result: unknown): Failure {
  const said = result instanceof Error ? boundedText(result.message) : "it is done, before the server was";
  return new Failure("SESSION_PROTOCOL", `the reply could not be read: ${said}`, { cause: result });
}

export function copyHint({ copy }: Course): FailureDetails {
  if (copy !== "in") return {};
  return { hint: "COPY FROM STDIN needs data that cutter does not send; use INSERT, or load the rows with psql." };
}

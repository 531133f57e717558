/**
 * database-error: what the server says in an ErrorResponse or NoticeResponse, as a Failure or a Notice.
 *
 * Every text is the server's own, cut to a bound and with secrets taken out, since a statement of an operator may be
 * quoted in it. Never guesses from the words, which are translated: only SQLSTATE decides the code. Called by login and
 * wire. Source: PostgreSQL manual, "Error and Notice Message Fields" and appendix A.
 */
import { boundedText } from "../evidence/bounded-text.ts";
import { type Facts, Failure, type FailureCode, type FailureDetails } from "../failure.ts";
import type { Notice } from "./session.ts";
import { hintFor } from "./sqlstate-hint.ts";

/** The fields of an ErrorResponse by their letter, e.g. `C` for SQLSTATE. */
export type ServerError = Readonly<Record<string, string>>;

/** Our names of the fields that go into the facts of a Failure, in the order in which they are shown. */
const FACTS: readonly (readonly [name: string, letter: string])[] = [
  ["sqlstate", "C"],
  ["server_message", "M"],
  ["detail", "D"],
  ["hint", "H"],
  ["where", "W"],
  ["schema", "s"],
  ["table", "t"],
  ["column", "c"],
  ["data_type", "d"],
  ["constraint", "n"],
  ["position", "P"],
  ["internal_query", "q"],
];

const STATEMENT_CODES: Readonly<Record<string, FailureCode>> = {
  "42501": "PERMISSION_DENIED",
  "42P01": "OBJECT_MISSING",
  "42883": "OBJECT_MISSING",
  "3F000": "OBJECT_MISSING",
};

const LOGIN_CODES: Readonly<Record<string, FailureCode>> = {
  "28P01": "AUTHENTICATION_FAILED",
  "28000": "AUTHENTICATION_FAILED",
  "3D000": "DATABASE_MISSING",
  "53300": "TOO_MANY_CONNECTIONS",
  "42501": "PERMISSION_DENIED",
};

/** Reads the body of an ErrorResponse or NoticeResponse. */
export function readServerError(body: Buffer): ServerError {
  const fields: Record<string, string> = {};
  let start = 0;
  while (start < body.length && body[start] !== 0) {
    const end = body.indexOf(0, start);
    const stop = end === -1 ? body.length : end;
    fields[String.fromCharCode(body[start] ?? 0)] = body.toString("utf8", start + 1, stop);
    start = stop + 1;
  }
  return fields;
}

/** FATAL and PANIC end the session. `V` is the severity that is never translated (9.6 and newer). */
export function endsSession(error: ServerError): boolean {
  return ["FATAL", "PANIC"].includes(severityOf(error));
}

export function readNotice(body: Buffer): Notice {
  const fields = readServerError(body);
  return { severity: severityOf(fields), code: fields.C ?? "", message: boundedText(fields.M ?? "") };
}

/** The refusal of a statement. */
export function statementFailure(error: ServerError, details: FailureDetails = {}): Failure {
  const code = STATEMENT_CODES[error.C ?? ""] ?? "DATABASE_ERROR";
  return new Failure(code, describeServerError(error), { ...hintFor(error.C), ...details, facts: serverFacts(error) });
}

/** The refusal of a login. */
export function loginFailure(error: ServerError, address: string): Failure {
  const code = LOGIN_CODES[error.C ?? ""] ?? "CONNECT_FAILED";
  return new Failure(code, `${address}: ${describeServerError(error)}`, {
    data: "No transaction was begun; nothing was read or written.",
    facts: { address, ...serverFacts(error) },
  });
}

/** `ERROR 42P01: relation "x" does not exist`. */
export function describeServerError(error: ServerError): string {
  return `${severityOf(error)} ${error.C ?? "?????"}: ${boundedText(error.M ?? "no message")}`;
}

export function serverFacts(error: ServerError): Facts {
  const given = FACTS.filter(([, letter]) => error[letter] !== undefined);
  return Object.fromEntries(given.map(([name, letter]) => [name, boundedText(error[letter] ?? "")]));
}

function severityOf(error: ServerError): string {
  return error.V ?? error.S ?? "ERROR";
}

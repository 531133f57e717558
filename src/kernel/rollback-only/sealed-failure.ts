/**
 * sealed-failure: what went wrong in a sealed block, as a Failure that names the statement, the line and the server's
 * words.
 *
 * Nothing is softened: what the server refused only because of the block (a COMMIT in a procedure, VACUUM in a
 * function) is SCRIPT_NOT_SEALABLE, everything else would have failed for real too. What the run left is added by
 * failed-run.ts. Called by sealed.ts only.
 */
import { boundedText } from "../evidence/bounded-text.ts";
import { redact } from "../evidence/redaction.ts";
import { type Facts, Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { hintFor } from "../session/sqlstate-hint.ts";
import type { Script } from "./statement.ts";

/** GET STACKED DIAGNOSTICS. */
export type BlockFailure = {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail: string;
  readonly hint: string;
  readonly context: string;
  readonly constraint: string;
  readonly table: string;
};

/** active_sql_transaction and invalid_transaction_termination: the server's words for "not in a block". */
const REFUSED_IN_BLOCK = new Set(["25001", "2D000"]);

/**
 * object_in_use, unsafe_new_enum_value_usage: come of running as one transaction what may have been meant as several.
 */
const ONE_TRANSACTION = new Set(["55006", "55P04"]);

export function explainBlockFailure(
  report: { readonly phase: string; readonly statement: number; readonly failure: BlockFailure },
  script: Script,
): Failure {
  const { failure, phase } = report;
  const words = `${boundedText(failure.message)} (SQLSTATE ${failure.sqlstate})`;
  const server = serverFacts(failure);
  if (phase === "constraints") {
    return new Failure("CONSTRAINT_DEFERRED", `COMMIT would have failed: ${words}`, { facts: server });
  }
  if (phase === "measure") {
    return new Failure("GUARD_BROKEN", `the effects could not be measured: ${words}`, { facts: server });
  }
  const statement = script.statements[report.statement - 1];
  const facts = { statement: report.statement, line: statement?.line ?? 0, kind: statement?.kind ?? "", ...server };
  const where = `statement ${report.statement} (line ${facts.line}, ${facts.kind})`;
  // Untranslated words of the server's own: a mapped catalog cannot get a new file in a sub-transaction.
  const mapped = failure.sqlstate === "XX000" && failure.message.includes("relation mapping");
  if (mapped || REFUSED_IN_BLOCK.has(failure.sqlstate)) {
    const message = `${where} cannot run inside a block that is rolled back: ${words}`;
    return new Failure("SCRIPT_NOT_SEALABLE", message, {
      facts,
      data: "The transaction was rolled back; no row stayed.",
    });
  }
  const message = `${where} failed: ${words}`;
  if (!ONE_TRANSACTION.has(failure.sqlstate)) {
    return new Failure("STATEMENT_FAILED", message, { facts, ...hintFor(failure.sqlstate) });
  }
  const hint = "The plan runs as one transaction. Where it is meant to run as several, prove it in as many scripts.";
  return new Failure("STATEMENT_FAILED", message, { facts, hint });
}

function serverFacts(failure: BlockFailure): Facts {
  const facts: Record<string, Facts[string]> = {
    sqlstate: failure.sqlstate,
    server_message: boundedText(failure.message),
  };
  for (const part of ["detail", "hint", "context", "constraint", "table"] as const) {
    if (failure[part] !== "") facts[part] = boundedText(failure[part]);
  }
  return facts;
}

/** The server refused the block as a whole: a cancelled query, mostly. Its context holds the statement's text. */
export function explainRefusal(failure: Failure, script: Script): Failure {
  if (failure.code !== "DATABASE_ERROR") return failure;
  const running = outermost(String(failure.facts.where ?? ""), script);
  const [statement, ...same] = running;
  const known = statement !== undefined && same.length === 0;
  const found: Facts = known ? { statement: statement.index, line: statement.line, kind: statement.kind } : {};
  const facts: Facts = { ...found, ...failure.facts };
  const place = placeOf(running);
  return new Failure("STATEMENT_FAILED", `${place} failed: ${failure.message}`, {
    ...hintFor(facts.sqlstate),
    facts,
    cause: failure,
  });
}

/**
 * The context quotes each statement, the innermost first, so ours is the one whose quotation ends last; several where
 * they have the same text. None where the context was cut before it came to that.
 */
function outermost(where: string, { statements }: Script): Script["statements"] {
  if (/\(cut here; \d+ characters in all\)$/.test(where)) return [];
  const ends = statements.map(({ text }) => {
    const quoted = `"${redact(text)}"`;
    const start = where.lastIndexOf(quoted);
    return start === -1 ? -1 : start + quoted.length;
  });
  const last = Math.max(-1, ...ends);
  return last === -1 ? [] : statements.filter((_, index) => ends[index] === last);
}

function placeOf(running: Script["statements"]): string {
  const [statement, ...same] = running;
  if (statement === undefined) return "the plan";
  if (same.length === 0) return `statement ${statement.index} (line ${statement.line}, ${statement.kind})`;
  const indices = running.slice(0, limits.namedInRemark).map(({ index }) => index);
  return `statement ${indices.join(" or ")} (${statement.kind})`;
}

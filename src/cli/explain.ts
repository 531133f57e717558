/**
 * explain: `cutter explain [CODE]`: what stands in the failure table; with --schema the JSON Schema of a document.
 *
 * Pure reading: no connection, no file. Called by commands.ts.
 */
import { Failure, type FailureCode } from "../kernel/failure.ts";
import { FAILURES } from "../kernel/failure-table.ts";
import { jsonSchemaOf, SCHEMA_NAMES } from "../report/json-schema.ts";
import { COLUMNS, hanging } from "../report/lines.ts";
import { left, right, textTable } from "../report/table.ts";
import { suggest } from "./command/suggest.ts";
import { EXIT } from "./exit.ts";
import { paint, type Terminal } from "./terminal.ts";

export type Question = {
  readonly code: string | undefined;
  readonly schema: string | undefined;
  readonly format: string;
};

/** `cutter.failures/v1` under --json: `{ schema, failures: [{ code, exit_code, cause, action, data }] }`. */
export async function explain({ code, schema, format }: Question, terminal: Terminal): Promise<number | Failure> {
  if (schema !== undefined) return explainSchema(schema, code, terminal);
  const codes = Object.keys(FAILURES) as FailureCode[];
  const asked = codes.filter((known) => code === undefined || known === code.toUpperCase());
  if (asked.length === 0) return unknownCode(code ?? "", codes);
  if (format === "json") {
    const failures = asked.map((known) => ({ code: known, ...document(known) }));
    await terminal.document({ schema: "cutter.failures/v1", failures });
  } else await terminal.result(code === undefined ? list(codes) : asked.map((known) => page(known, terminal)).join(""));
  return EXIT.done;
}

/** JSON in every format: it is for machines, and reads well enough. */
async function explainSchema(asked: string, code: string | undefined, terminal: Terminal): Promise<number | Failure> {
  if (code !== undefined) return new Failure("USAGE", "a code and --schema are two questions; ask one of them");
  const name = SCHEMA_NAMES.find((known) => known === asked || known.startsWith(`cutter.${asked}/`));
  const schema = await jsonSchemaOf(name ?? asked);
  if (schema === null) {
    const hint = `There is one of each of ${SCHEMA_NAMES.join(", ")}.`;
    return new Failure("USAGE", `there is no document of the name ${asked}`, { hint });
  }
  await terminal.document(schema);
  return EXIT.done;
}

function document(code: FailureCode): { exit_code: number; cause: string; action: string; data: string } {
  const { exit, cause, action, data } = FAILURES[code];
  return { exit_code: exit, cause, action, data };
}

function unknownCode(code: string, codes: readonly FailureCode[]): Failure {
  const meant = suggest(code.toUpperCase(), codes);
  const hint = meant === undefined ? "`cutter explain` lists every code." : `did you mean ${meant}?`;
  return new Failure("USAGE", `unknown failure code: ${code}`, { hint });
}

function page(code: FailureCode, { colour }: Terminal): string {
  const { exit, cause, action, data } = FAILURES[code];
  const parts = Object.entries({ cause, action, data });
  const lines = parts.flatMap(([name, text]) => hanging(`${name}:`.padEnd(8), text, COLUMNS));
  return `${[`${paint(code, "bold", colour.stdout)} (exit ${exit})`, ...lines].join("\n")}\n`;
}

function list(codes: readonly FailureCode[]): string {
  const rows = codes.map((code) => [code, `${FAILURES[code].exit}`, FAILURES[code].cause]);
  return `${textTable({ columns: [left("CODE"), right("EXIT"), left("CAUSE")], rows }).join("\n")}\n`;
}

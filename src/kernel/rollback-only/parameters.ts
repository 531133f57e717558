/**
 * parameters: fills `$1`, `$2`, … of a script with the operator's values, as quoted literals.
 *
 * Only where the parser itself saw a parameter: not in strings, comments, function bodies or PREPARE. A literal and not
 * a bound value, since PL/pgSQL's EXECUTE takes no parameters in utility statements and would give them a type. A value
 * missing or left over is refused. Called by script.ts only.
 */
import { Failure } from "../failure.ts";
import { statementNode, type Tree } from "./classify.ts";
import type { Script, Statement } from "./statement.ts";

type Place = { readonly number: number; readonly offset: number };

/** Nodes whose parameters are their own. */
const OWN_PARAMETERS = new Set(["PrepareStmt", "CreateFunctionStmt"]);

export function bindParameters(script: {
  readonly bytes: Buffer;
  readonly statements: readonly Statement[];
  readonly parameters: readonly string[];
}): Script | Failure {
  const { bytes, parameters } = script;
  const used = new Set<number>();
  let missing: string | null = null;
  const statements = script.statements.map((statement) => {
    const places = OWN_PARAMETERS.has(statementNode(statement.tree).name) ? [] : parameterPlaces(statement.tree);
    if (places.length === 0) return statement;
    for (const { number } of places) {
      used.add(number);
      if (number > parameters.length)
        missing ??= `line ${statement.line} uses $${number}, and no value was given for it`;
    }
    return missing === null ? { ...statement, text: fill({ bytes, statement, parameters, places }) } : statement;
  });
  if (missing !== null) return new Failure("USAGE", missing, { hint: "Give one --param for each $1, $2, … in order." });
  const idle = parameters.findIndex((_, position) => !used.has(position + 1));
  if (idle !== -1)
    return new Failure("USAGE", `parameter ${idle + 1} was given, and the script does not use $${idle + 1}`);
  return { statements };
}

function fill(work: {
  readonly bytes: Buffer;
  readonly statement: Statement;
  readonly parameters: readonly string[];
  readonly places: readonly Place[];
}): string {
  const { bytes, statement, parameters } = work;
  let filled = "";
  let at = statement.offset;
  for (const { number, offset } of [...work.places].sort((a, b) => a.offset - b.offset)) {
    filled += bytes.toString("utf8", at, offset) + quoteLiteral(parameters[number - 1] ?? "");
    at = offset + `$${number}`.length;
  }
  return filled + bytes.toString("utf8", at, statement.offset + Buffer.byteLength(statement.text));
}

/** PostgreSQL's quote_literal, with white space around so that it touches no neighbour. */
function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")} ` : ` ${quoted} `;
}

function parameterPlaces(tree: Tree): Place[] {
  const places: Place[] = [];
  const pending: unknown[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === null || typeof node !== "object") continue;
    const reference = (node as Tree).ParamRef as { number?: number; location?: number } | undefined;
    if (reference !== undefined) places.push({ number: reference.number ?? 0, offset: reference.location ?? 0 });
    pending.push(...Object.values(node));
  }
  return places;
}

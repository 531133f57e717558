/**
 * measure/privileges: what the roles may do in a database, compared with the frozen matrix, and counted.
 *
 * The comparison is the one of `cutter schema verify`; what it finds of other kinds is handed on for the inventory.
 * Reads catalogs only. Called by the steps C-06 and C-11, and of production by C-03.
 */
import grantOptions from "../../../sql/sandbox/grant-options.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Difference } from "../../schema/compare.ts";
import { verifySchema } from "../../schema/verify.ts";
import type { Privileges } from "../gates/server.ts";

const RIGHTS: readonly string[] = ["privilege", "role", "role attribute", "membership", "default privilege"];

export async function readPrivileges(session: Session): Promise<Privileges | Failure> {
  const report = await verifySchema(session);
  if (report instanceof Failure) return report;
  const reply = await session.query(grantOptions);
  if (reply instanceof Failure) return reply;
  const of = (kind: string) => reply.rows.filter((row) => row.kind === kind);
  return {
    differences: report.differences.filter(isRight),
    settings: report.differences.filter((one) => !isRight(one) && isSetting(one)),
    checked: { ...report.checked },
    tablePrivileges: of("table").length,
    columnUpdates: of("column").length,
    grantOptions: reply.rows
      .filter(({ option }) => option === "t")
      .map(({ object, role, privilege }) => `${privilege} on ${object} to ${role}`),
  };
}

/** Everything that is otherwise than in the contract, but for rights. */
export async function readShapeDifferences(session: Session): Promise<readonly Difference[] | Failure> {
  const report = await verifySchema(session);
  return report instanceof Failure ? report : report.differences.filter((one) => !isRight(one));
}

/** Of rights and of settings alone, wherever it is asked: production too. */
export async function readRightDifferences(session: Session): Promise<readonly Difference[] | Failure> {
  const report = await verifySchema(session);
  return report instanceof Failure ? report : report.differences.filter((one) => isRight(one) || isSetting(one));
}

/** A setting of one of our roles too: no baseline accepts it. */
function isRight(one: Difference): boolean {
  return RIGHTS.includes(one.kind) || (isSetting(one) && one.object.startsWith("role "));
}

function isSetting({ kind }: Difference): boolean {
  return kind === "setting";
}

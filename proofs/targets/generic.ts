/**
 * generic: the target for a database of which nothing is known: a probe table, made, filled, altered and rolled back.
 *
 * In --probe-schema or the first schema where the role may create; without any such right a temporary table, which the
 * witness cannot observe, and that is said. All user tables are watched.
 */
import { randomBytes } from "node:crypto";
import probeRights from "../../sql/proof/probe-rights.sql" with { type: "text" };
import { type Facts, Failure } from "../../src/kernel/failure.ts";
import { type RollbackOnlyTransaction, rollbackOnly } from "../../src/kernel/rollback-only/guarded.ts";
import { pinned } from "../../src/kernel/rollback-only/pinned.ts";
import type { Row } from "../../src/kernel/session/session.ts";
import type { Mismatch } from "../../src/report/battery.ts";
import { expectEqual, failed, type Judgement, judge } from "../../src/report/judgement.ts";
import { type Drive, type DriveOrder, longestLookMs, type ProofContext, type ProofTarget } from "../context.ts";
import { relationsEscape } from "../escapes.ts";
import { refusedCommit } from "../refused-commit.ts";
import { netCountsOf } from "../sealed-drive.ts";
import { type WatchFlags, watchAll } from "../watch.ts";

export type GenericFlags = WatchFlags & { readonly "probe-schema": string | undefined };

const PROBE_ROWS = 3;

export function genericTarget(chosenBecause: string, flags: GenericFlags): ProofTarget {
  const table = `cutter_probe_${randomBytes(6).toString("hex")}`;
  const probe: Probe = { table, schema: null };
  return {
    kind: "generic",
    name: `a probe table, ${table}`,
    chosenBecause,
    tier: "guarded",
    expectedRole: null,
    settings: { probe_table: table },
    refuses: refusedCommit,
    contract: async (context) => (await relationsEscape(context, [])) ?? rightsAndSafety(context, { probe, flags }),
    watched: (context) => watchAll(context, flags),
    drive: (context, order) => driveProbe(context, { ...order, probe }),
    judgeDrive: (drive) => asDeclared(drive, probe),
    leaks: [
      {
        what: `relations named ${table}`,
        text: "SELECT pg_catalog.count(*) AS rows FROM pg_catalog.pg_class AS c WHERE c.relname = $1",
        parameters: [table],
        writtenBy: "cutter",
      },
    ],
  };
}

/** `schema` is null for a temporary table; settled by PROOF-4. */
type Probe = { readonly table: string; schema: string | null };

async function rightsAndSafety(
  context: ProofContext,
  { probe, flags }: { probe: Probe; flags: GenericFlags },
): Promise<Judgement> {
  const session = await context.connections.proof();
  if (session instanceof Failure) return failed(session);
  const reply = await pinned(session, () => session.query(probeRights, [flags["probe-schema"] ?? null]));
  if (reply instanceof Failure) return failed(reply);
  const row: Row = reply.rows[0] ?? {};
  const wanted = flags["probe-schema"];
  if (wanted !== undefined && row.schema !== wanted) {
    return failed(closedSchema(wanted, row));
  }
  probe.schema = row.schema ?? null;
  const mismatches: Mismatch[] = [
    ...expectEqual("session_replication_role", "origin", row.session_replication_role),
    ...expectEqual("row_security", "on", row.row_security),
  ];
  if (probe.schema === null)
    mismatches.push(...expectEqual("may create temporary tables", "t", row.may_create_temporary));
  const where =
    probe.schema === null ? "a temporary table: no schema where the role may create" : `schema ${probe.schema}`;
  return judge({ summary: `probe in ${where}`, facts: rightsFacts(row, where), mismatches });
}

function closedSchema(wanted: string, row: Row): Failure {
  const data = "Nothing was written.";
  if (row.wanted_exists === "t") {
    return new Failure("PERMISSION_DENIED", `--probe-schema ${wanted}: the role may not create in it`, { data });
  }
  const hint = "Name a schema that is there, as it is spelled in the catalog, or leave the choice to cutter.";
  return new Failure("OBJECT_MISSING", `--probe-schema ${wanted}: there is no such schema`, { data, hint });
}

function rightsFacts(row: Row, where: string): Facts {
  return {
    probe_in: where,
    replication: row.replication === "t",
    bypasses_row_security: row.bypass_rls === "t",
    member_of: row.member_of ?? "",
    session_replication_role: row.session_replication_role ?? null,
  };
}

async function driveProbe(context: ProofContext, order: DriveOrder & { probe: Probe }): Promise<Drive | Failure> {
  const before = await order.lookedBefore();
  if (before instanceof Failure) return before;
  const { lockTimeoutMs, statementTimeoutMs } = context.options;
  const result = await rollbackOnly(order.session, (transaction) => exercise(transaction, order.probe), {
    lockTimeoutMs,
    statementTimeoutMs,
    idleTimeoutMs: longestLookMs(context.options),
    beforeRollback: order.moment,
    ...netCountsOf({ watched: order.watched, before }, context.options.counts),
  });
  if (result instanceof Failure) return result;
  const during = order.probe.schema === null ? "not observable: a temporary table" : "observable";
  return {
    tier: "guarded",
    effects: result.effects,
    inTransaction: result.netCounts,
    lookedMs: result.lookedMs,
    facts: { probe: qualified(order.probe), rows_inside: result.value, during, statements: result.statements },
  };
}

/** Create, fill, change, alter: answers the rows seen inside at the end. */
async function exercise(transaction: RollbackOnlyTransaction, probe: Probe): Promise<number | Failure> {
  const name = qualified(probe);
  const create = probe.schema === null ? "CREATE TEMPORARY TABLE" : "CREATE TABLE";
  const statements = [
    `${create} ${name} (id pg_catalog.int4 PRIMARY KEY, word pg_catalog.text NOT NULL)`,
    `INSERT INTO ${name} SELECT n, 'probe' FROM pg_catalog.generate_series(1, ${PROBE_ROWS + 1}) AS n`,
    `UPDATE ${name} SET word = 'changed' WHERE id OPERATOR(pg_catalog.=) 1`,
    `DELETE FROM ${name} WHERE id OPERATOR(pg_catalog.=) 2`,
    `ALTER TABLE ${name} ADD COLUMN note pg_catalog.text DEFAULT 'added'`,
  ];
  for (const statement of statements) {
    const reply = await transaction.query(statement);
    if (reply instanceof Failure) return reply;
  }
  const counted = await transaction.query(`SELECT pg_catalog.count(*) AS rows FROM ${name} WHERE note IS NOT NULL`);
  return counted instanceof Failure ? counted : Number(counted.rows[0]?.rows);
}

function qualified(probe: Probe): string {
  const schema = probe.schema === null ? "pg_temp" : `"${probe.schema.replaceAll('"', '""')}"`;
  return `${schema}.${probe.table}`;
}

/** The probe is there inside, with its rows, and nothing else was touched. */
function asDeclared(drive: Drive, probe: Probe): readonly Mismatch[] {
  const others = drive.effects.relations.filter((entry) => !entry.relation.endsWith(probe.table));
  return [
    ...expectEqual("rows of the probe inside", PROBE_ROWS, drive.facts.rows_inside),
    ...expectEqual("other tables touched", "none", others.map((entry) => entry.relation).join(", ") || "none"),
  ];
}

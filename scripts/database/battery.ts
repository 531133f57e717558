/**
 * battery: the proofs on a test database, in this process, and what the whole database holds, to compare.
 *
 * Everything that an operator could give as a flag may be given; the rest is as the command has it. Used by the tests
 * of proofs/; never by the program.
 */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { battery as PROOFS } from "../../proofs/battery.ts";
import { type ConnectionPlan, connect } from "../../proofs/connections.ts";
import type { ProofContext, ProofOptions, ProofTarget, TargetKind } from "../../proofs/context.ts";
import { makeContext, runProofs } from "../../proofs/run.ts";
import type { TargetFlags } from "../../proofs/target-choice.ts";
import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import type { Target } from "../../src/kernel/conninfo/target.ts";
import { defaultCountOptions } from "../../src/kernel/counts/request.ts";
import { sha256 } from "../../src/kernel/digest.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { limits } from "../../src/kernel/limits.ts";
import type { BatteryReport, ProofResult } from "../../src/report/battery.ts";
import type { TestDatabase } from "./database.ts";
import { temporaryFolder } from "./files.ts";
import { SUPERUSER } from "./server.ts";

export type BatteryOrder = {
  readonly url: string;
  readonly witnessUrl?: string;
  readonly flags?: Partial<TargetFlags>;
  readonly options?: Partial<ProofOptions>;
};

const FLAGS: TargetFlags = {
  target: undefined,
  sql: undefined,
  param: [],
  spec: undefined,
  explain: false,
  watch: [],
  "probe-schema": undefined,
  "max-relations": limits.watchedRelations,
  "allow-escape": [],
};

const OPTIONS: ProofOptions = {
  retries: limits.proofRetries,
  lockTimeoutMs: limits.lockTimeoutMs,
  statementTimeoutMs: limits.statementTimeoutMs,
  counts: defaultCountOptions,
  allowances: [],
  expectedRole: null,
  maxLockMs: null,
  maxRows: null,
};

/** The report, or the Failure of what is wrong before the first proof. */
export async function battery(order: BatteryOrder): Promise<BatteryReport | Failure> {
  const state = temporaryFolder();
  const options = optionsOf(order);
  const report = await runProofs({
    runId: "test",
    command: "test",
    stateDirectory: state,
    plan: await planOf(order, options),
    targetFlags: { ...FLAGS, ...order.flags },
    options,
  });
  return report;
}

/** As `battery`, where a Failure is the test's own mistake. */
export async function batteryReport(order: BatteryOrder): Promise<BatteryReport> {
  const report = await battery(order);
  if (report instanceof Failure) throw new Error(`${report.code}: ${report.message}`);
  return report;
}

/** Contexts for selfcheck: connections of their own, and the owner's door, which is psql as the superuser. */
export async function sabotageable(
  database: TestDatabase,
  order: BatteryOrder & { readonly target: () => Promise<ProofTarget | Failure> },
): Promise<{ fresh: () => ProofContext; close: () => Promise<void> }> {
  const options = { ...OPTIONS, retries: 0, ...order.options };
  const connections = connect(await planOf(order, options));
  const asOwner = async (statements: readonly string[]) => {
    database.psql(statements.join(";\n"));
    return null;
  };
  const { target } = order;
  const state = join(tmpdir(), "cutter-no-state");
  return {
    fresh: () => makeContext({ options, stateDirectory: state }, { connections: { ...connections, asOwner }, target }),
    close: () => connections.close(),
  };
}

/** What is accepted by name is an allowance too, as the command has it. */
function optionsOf({ options, flags }: BatteryOrder): ProofOptions {
  const escapes = (flags?.["allow-escape"] ?? []).map((name) => `escape ${name}`);
  return { ...OPTIONS, ...options, allowances: [...(options?.allowances ?? []), ...escapes] };
}

async function planOf(order: BatteryOrder, options: ProofOptions): Promise<ConnectionPlan> {
  const witnessTarget = order.witnessUrl === undefined ? null : await targetOf(order.witnessUrl);
  return { ...options, target: await targetOf(order.url), witnessTarget, embeddedRole: "" };
}

async function targetOf(url: string): Promise<Target> {
  const target = await resolveTarget({ url, environment: {} });
  if (target instanceof Failure) throw new Error(target.message);
  return target;
}

/** `PROOF-1 PASS`, …, one line each: what is compared in full. */
export function verdicts(report: BatteryReport): string[] {
  return report.proofs.map((proof) => `${proof.id} ${proof.verdict}`);
}

export const ALL_PASS = [1, 2, 3, 4, 5, 6, 7].map((number) => `PROOF-${number} PASS`);

export function proofOf(report: BatteryReport, number: 1 | 2 | 3 | 4 | 5 | 6 | 7): ProofResult {
  const found = report.proofs.find((proof) => proof.id === `PROOF-${number}`);
  if (found === undefined) throw new Error(`no PROOF-${number}`);
  return found;
}

/** Sequences keep what a rollback leaves, and pg_dump writes a random word into \restrict. */
const NOT_CONTENT = /^SELECT pg_catalog\.setval\(|^\\(un)?restrict /;

/** A digest of all but sequence positions: the dump, or each row where no pg_dump is new enough. */
export function contentOf(database: TestDatabase): string {
  return sha256(dump(database) ?? rowsOf(database));
}

function dump({ server, name }: TestDatabase): string | null {
  const own = join(server.binaries, "pg_dump");
  const program = existsSync(own) ? own : Bun.which("pg_dump");
  if (program === null) return null;
  const version = Bun.spawnSync([program, "--version"]).stdout.toString();
  if (Number(/ (\d+)/.exec(version)?.[1]) < server.major) return null;
  const run = Bun.spawnSync([program, "-h", server.socketDirectory, "-p", `${server.port}`, "-U", SUPERUSER, name]);
  if (run.exitCode !== 0) throw new Error(`pg_dump: ${run.stderr}`);
  const lines = run.stdout.toString().split("\n");
  return lines.filter((line) => !NOT_CONTENT.test(line)).join("\n");
}

/** User tables row by row, and the catalogs that describe them. */
function rowsOf(database: TestDatabase): string {
  return database.psql(`SELECT format('SELECT %L, md5(coalesce(string_agg(x::text, chr(10) ORDER BY x::text), ''''))
    FROM %s AS x', c.oid::regclass, c.oid::regclass)
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND (n.nspname !~ '^pg_|^information_schema$'
    OR c.relname IN ('pg_proc', 'pg_trigger', 'pg_attribute', 'pg_constraint', 'pg_namespace', 'pg_policy'))
  ORDER BY c.oid \\gexec
  `);
}

/** `PROOF-1: name`, in the order in which a selfcheck of this kind of target runs them. */
export function listedSabotages(kind: TargetKind): string[] {
  const sabotages = PROOFS.flatMap((proof) =>
    proof.sabotage.filter(({ targets }) => targets?.includes(kind) ?? true).map(({ name }) => `${proof.id}: ${name}`),
  );
  return ["all: healthy, before", ...sabotages, "all: healthy, after"];
}

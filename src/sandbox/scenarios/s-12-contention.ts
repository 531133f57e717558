/**
 * S12: a third connection of a role, a lock that somebody else holds, a statement that is too slow: each a clean stop
 * within its bound.
 *
 * Somebody else is the superuser or the role itself on sessions of ours. What is stopped left nothing behind.
 */
import { writeFileSync } from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import type { Ended } from "../processes.ts";
import { SUPERUSER } from "../providers/provider.ts";
import { type RowDelta, rowsOf, sumRows } from "../rows.ts";
import { known } from "../sandbox.ts";
import { HANDBOOK_UNITS } from "../stage/files.ts";
import type { Stage } from "../stage/stage.ts";
import { DATABASE } from "../words.ts";
import { expectEnd, expectHolds } from "./expect.ts";
import { countsOf, expectRows } from "./ledger.ts";
import { approveLine, CUT, RESUME_APPROVED } from "./plan-lines.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

/** What a process itself may take beside the bound that stops it: its start, its file of state, its report. */
const OVERHEAD_MS = 5_000;
const SLOW_MS = 1_000;

type Part = { readonly mismatches: readonly Mismatch[]; readonly rows: RowDelta; readonly told: string };

export const contention: Scenario = {
  id: "S12",
  title: "a third connection, a lock held by someone else, a statement too slow: clean stop within its bound",
  lines: [
    CUT,
    approveLine("SG1"),
    "# two sessions of cutter_exec are held: the server refuses the third (53300)",
    RESUME_APPROVED,
    "# LOCK TABLE public.information_unit IN SHARE ROW EXCLUSIVE MODE, by somebody else",
    RESUME_APPROVED,
    `cutter proof rollback --url URL_OF_cutter_exec --sql STAGE/slow.sql --statement-timeout ${SLOW_MS}`,
  ],
  needs: ["second session", "lasting data", "role logins", "client programs"],
  async run(stage) {
    const parts: Part[] = [];
    for (const part of [thirdConnection, lockHeld, slowStatement]) {
      const done = await part(stage);
      if (done instanceof Failure) return done;
      parts.push(done);
    }
    return {
      summary: parts.map(({ told }) => told).join("; "),
      facts: { stops: parts.map(({ told }) => told) },
      mismatches: parts.flatMap(({ mismatches }) => mismatches),
      predicted: sumRows(parts.map(({ rows }) => rows)),
    };
  },
};

async function thirdConnection(stage: Stage): Promise<Part | Failure> {
  return contended(stage, "third", {
    hold: async () => {
      const held = [await stage.session("cutter_exec"), await stage.session("cutter_exec")];
      const release = async (): Promise<void> => {
        for (const session of held) if (!(session instanceof Failure)) await session.close();
      };
      const failed = held.find((one) => one instanceof Failure);
      if (!(failed instanceof Failure)) return release;
      await release();
      return failed;
    },
    boundMs: limits.connectTimeoutMs,
    code: "TOO_MANY_CONNECTIONS",
    says: "cutter_exec",
    rows: {},
  });
}

async function lockHeld(stage: Stage): Promise<Part | Failure> {
  return contended(stage, "locked", {
    hold: async () => {
      const session = await stage.session(SUPERUSER);
      if (session instanceof Failure) return session;
      const begun = await session.query("BEGIN");
      const locked = begun instanceof Failure ? begun : await session.query(LOCK);
      if (!(locked instanceof Failure)) return () => session.close();
      await session.close();
      return locked;
    },
    boundMs: limits.lockTimeoutMs,
    code: "STOP_PHASE_FAILED",
    says: "cut_leg_a: DATABASE_ERROR",
    rows: rowsOf(["register", "pre_write_backup"], HANDBOOK_UNITS),
  });
}

const LOCK = "LOCK TABLE public.information_unit IN SHARE ROW EXCLUSIVE MODE";

type Contention = {
  /** What keeps it from going on; the answer lets it go. */
  readonly hold: () => Promise<(() => Promise<void>) | Failure>;
  readonly boundMs: number;
  readonly code: Parameters<typeof expectEnd>[2];
  readonly says: string;
  readonly rows: RowDelta;
};

async function contended(stage: Stage, name: string, { hold, boundMs, code, says, rows }: Contention) {
  const { handbook } = known(stage.sandbox.staged, "stage");
  const desk = stage.desk();
  const { ended: cut, runId } = await desk.begin(stage.document(`S12-${name}`), handbook);
  if (runId === null) return notBegun(cut.stderr);
  const approval = await desk.approve(runId, "SG1");
  if (approval instanceof Failure) return approval;
  const words = await desk.resumeWords(runId, approval);
  const before = await countsOf(stage);
  const release = await hold();
  if (release instanceof Failure) return release;
  const ended = await desk.run(words).finally(release);
  const after = await countsOf(stage);
  if (before instanceof Failure) return before;
  if (after instanceof Failure) return after;
  return {
    told: `${name}: ${code} after ${Math.round(ended.elapsedMs)} ms`,
    rows,
    mismatches: [
      ...expectEnd(`${name}: resume`, ended, code),
      ...expectHolds(`${name}: what it says`, ended.stderr, says),
      ...expectWithin(name, ended, boundMs),
      ...expectRows(before, after, rows).map((one) => ({ ...one, what: `${name}: ${one.what}` })),
    ],
  };
}

async function slowStatement(stage: Stage): Promise<Part | Failure> {
  const script = stage.sandbox.path("stage", "slow.sql");
  writeFileSync(script, "SELECT pg_sleep(120);\n", { mode: 0o600 });
  const url = known(stage.sandbox.server, "server").url({ role: "cutter_exec", database: DATABASE }) ?? "";
  const before = await countsOf(stage);
  const slow = ["--sql", script, "--statement-timeout", `${SLOW_MS}`];
  const ended = await stage.desk().run(["proof", "rollback", "--url", url, ...slow]);
  const after = await countsOf(stage);
  if (before instanceof Failure) return before;
  if (after instanceof Failure) return after;
  return {
    told: `slow: exit ${ended.code} after ${Math.round(ended.elapsedMs)} ms`,
    rows: {},
    mismatches: [
      ...expectEqual("slow: exit code", 3, ended.code),
      ...expectHolds("slow: what it says", ended.stdout, "57014"),
      ...expectWithin("slow", ended, SLOW_MS),
      ...expectRows(before, after, {}).map((one) => ({ ...one, what: `slow: ${one.what}` })),
    ],
  };
}

function expectWithin(name: string, { elapsedMs }: Ended, boundMs: number): Mismatch[] {
  const most = boundMs + OVERHEAD_MS;
  if (elapsedMs <= most) return [];
  return [
    { what: `${name}: time until it stopped`, expected: `${most} ms or less`, seen: `${Math.round(elapsedMs)} ms` },
  ];
}

/**
 * event-triggers.server.test: what an event trigger would run is looked at in PROOF-4 of the targets that drive
 * statements of cutter's own, and what it does inside is seen.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ALL_PASS, type BatteryOrder, batteryReport, proofOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, psqlOn, type TestDatabase, testServer } from "../scripts/database/database.ts";

const SETUP = `
CREATE FUNCTION public.reaches_out() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_reload_conf(); END $$;
CREATE FUNCTION public.builds() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN EXECUTE format('SELECT %L', tg_tag); END $$;
CREATE FUNCTION public.writes() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN INSERT INTO public.ddl_log VALUES (tg_tag); END $$;
CREATE TABLE public.ddl_log (tag text);
GRANT SELECT ON public.ddl_log TO PUBLIC;
DO $$ BEGIN CREATE ROLE event_prober LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA probing AUTHORIZATION event_prober;
`;

const TARGETS = { iu: "cutter_exec", generic: "event_prober" } as const;

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  database.psql(SETUP);
});

afterAll(() => {
  const { server } = database;
  database.drop();
  psqlOn(server, "postgres", "DROP ROLE event_prober");
});

function prove(target: keyof typeof TARGETS, options: BatteryOrder["options"] = {}) {
  return batteryReport({ url: database.socketUrl(TARGETS[target]), flags: { target }, options });
}

async function withTrigger<T>(body: string, look: () => Promise<T>): Promise<T> {
  database.psql(`CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION public.${body}()`);
  try {
    return await look();
  } finally {
    database.psql("DROP EVENT TRIGGER watcher");
  }
}

for (const target of ["iu", "generic"] as const) {
  describe(`target ${target}`, () => {
    test("one that reaches outside is refused before anything is written, unless it is accepted by name", async () => {
      expect(verdicts(await prove(target))).toEqual(ALL_PASS);
      const [refused, accepted, disabled] = await withTrigger("reaches_out", async () => {
        const seen = [await prove(target), await prove(target, { allowances: ["escape pg_reload_conf"] })] as const;
        database.psql("ALTER EVENT TRIGGER watcher DISABLE");
        return [...seen, await prove(target)] as const;
      });
      expect(verdicts(refused).slice(3, 5)).toEqual(["PROOF-4 FAIL", "PROOF-5 NOT RUN"]);
      expect(refused).toMatchObject({ exit: 4, attempts: 0, failure: { code: "SCRIPT_ESCAPES" } });
      expect(refused.failure?.message).toContain("public.reaches_out (event trigger watcher)");
      expect(refused.failure?.facts.names).toEqual(["pg_reload_conf"]);
      expect(verdicts(accepted).slice(0, 4)).toEqual(ALL_PASS.slice(0, 4));
      expect(accepted.allowances).toEqual(["--allow-escape pg_reload_conf"]);
      expect(verdicts(disabled)).toEqual(ALL_PASS);
    });

    test("one that makes SQL at run time is refused, with what the role could do, unless it is accepted", async () => {
      const role = TARGETS[target];
      await withTrigger("builds", async () => {
        const common = await prove(target);
        expect(common).toMatchObject({ exit: 4, attempts: 0, failure: { facts: { names: ["dynamic-sql"] } } });
        expect(common.failure?.message).not.toContain("pg_signal_backend");
        database.psql(`GRANT pg_signal_backend TO ${role}`);
        const powerful = await prove(target);
        database.psql(`REVOKE pg_signal_backend FROM ${role}`);
        expect(powerful.failure?.message).toContain("pg_signal_backend");
        const accepted = await prove(target, { allowances: ["escape dynamic-sql"] });
        expect(verdicts(accepted)).toEqual(ALL_PASS);
        expect(accepted.notUndone.map(({ detail }) => detail).join()).toContain("dynamic-sql");
      });
    });
  });
}

test("one that writes is seen by the generic probe: rows attempted and rows inside, in a table of others", async () => {
  const report = await withTrigger("writes", () => prove("generic"));
  expect(proofOf(report, 5)).toMatchObject({
    verdict: "FAIL",
    mismatches: [{ what: "other tables touched", expected: "none", seen: "public.ddl_log" }],
  });
  const rows = report.counts.filter(({ relation }) => relation === "public.ddl_log");
  expect(rows.map((row) => [row.before, row.inTransaction, row.during, row.after])).toEqual([[0, 2, 0, 0]]);
  expect(proofOf(report, 6).verdict).toBe("PASS");
});

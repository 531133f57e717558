/**
 * write: breaks the write that PROOF-5 drives: a function that claims success and inserts nothing, one that writes or
 * makes more than it declares, one whose COMMIT would fail; a transaction without its poison, a probe without rows.
 *
 * What is changed in the catalog is changed as its owner, and put back.
 */
import type { Sabotage } from "../proof.ts";
import { changesDatabase } from "./owner.ts";
import { overriding, replacesSession, replacingStatement } from "./session.ts";

/** The contract's own signature, so that PROOF-4 has nothing to say. */
const SIGNATURE = `canonical_address text, title text, body text, actor text, unit_kind text, section_type text,
  publication_type text, owner_ref text`;
const TYPES = "text, text, text, text, text, text, text, text";

export const insertsNothing: Sabotage = changesDatabase("the function answers created and inserts nothing", {
  apply: [
    `ALTER FUNCTION public.fn_iu_create(${TYPES}) RENAME TO fn_iu_create_before`,
    `CREATE FUNCTION public.fn_iu_create(${SIGNATURE} DEFAULT NULL) RETURNS jsonb
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $stub$
      BEGIN
        RETURN pg_catalog.jsonb_build_object('status', 'created', 'information_unit_id', pg_catalog.gen_random_uuid(),
          'unit_version_id', pg_catalog.gen_random_uuid());
      END $stub$`,
    `GRANT EXECUTE ON FUNCTION public.fn_iu_create(${TYPES}) TO cutter_exec`,
  ],
  undo: [
    `DROP FUNCTION public.fn_iu_create(${TYPES})`,
    `ALTER FUNCTION public.fn_iu_create_before(${TYPES}) RENAME TO fn_iu_create`,
  ],
});

export const extraWrite: Sabotage = changesDatabase("a trigger writes to an undeclared table", {
  apply: [
    "CREATE TABLE public.cutter_sabotage (address text)",
    `CREATE FUNCTION public.cutter_sabotage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $stub$
      BEGIN INSERT INTO public.cutter_sabotage VALUES (NEW.canonical_address); RETURN NEW; END $stub$`,
    `CREATE TRIGGER cutter_sabotage AFTER INSERT ON public.information_unit
      FOR EACH ROW EXECUTE FUNCTION public.cutter_sabotage()`,
  ],
  undo: [
    "DROP TRIGGER cutter_sabotage ON public.information_unit",
    "DROP FUNCTION public.cutter_sabotage()",
    "DROP TABLE public.cutter_sabotage",
  ],
});

/** A trigger on the table of units, which runs as the owner. */
function addsTrigger(name: string, body: string, trigger: string): Sabotage {
  return changesDatabase(name, {
    apply: [
      `CREATE FUNCTION public.cutter_sabotage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $stub$
        BEGIN ${body}; RETURN NULL; END $stub$`,
      `${trigger} FOR EACH ROW EXECUTE FUNCTION public.cutter_sabotage()`,
    ],
    undo: ["DROP TRIGGER cutter_sabotage ON public.information_unit", "DROP FUNCTION public.cutter_sabotage()"],
  });
}

export const extraTable: Sabotage = addsTrigger(
  "a trigger creates a table",
  "CREATE TABLE public.cutter_sabotage ()",
  "CREATE TRIGGER cutter_sabotage AFTER INSERT ON public.information_unit",
);

export const extraUpdate: Sabotage = addsTrigger(
  "a trigger updates the new unit",
  "UPDATE public.information_unit SET owner_ref = 'sabotage' WHERE id = NEW.id",
  "CREATE TRIGGER cutter_sabotage AFTER INSERT ON public.information_unit",
);

export const commitWouldFail: Sabotage = addsTrigger(
  "a deferred constraint would fail the COMMIT",
  "RAISE 'sabotage' USING ERRCODE = 'check_violation'",
  `CREATE CONSTRAINT TRIGGER cutter_sabotage AFTER INSERT ON public.information_unit
    DEFERRABLE INITIALLY DEFERRED`,
);

export const poisonRemoved: Sabotage = replacesSession(
  "the cursor that makes COMMIT fail is closed midway",
  (session) =>
    overriding(session, {
      async query(text, parameters, options) {
        const reply = await session.query(text, parameters, options);
        if (/^DECLARE cutter_poison/.test(text)) await session.query("CLOSE ALL");
        return reply;
      },
    }),
  { targets: ["iu"] },
);

export const probeNotFilled: Sabotage = replacesSession(
  "the rows of the probe are not written",
  (session) => replacingStatement(session, /^INSERT INTO .*cutter_probe/, "SELECT 1"),
  { targets: ["generic"] },
);

export const rowsBeyondBound: Sabotage = {
  name: "more rows are touched than --max-rows allows",
  targets: ["iu", "sql", "spec"],
  async apply(context) {
    const options = { ...context.options, maxRows: 0 };
    return { context: { ...context, options }, undo: async () => null };
  },
};

/**
 * shop: a small schema that someone else might have written, and sessions on it, for tests of what is rolled back.
 *
 * Triggers, cascades, partitions, deferred keys, sequences readable and not; an owner without special rights, a guest
 * with few. Never used outside tests.
 */

import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { parseScript } from "../../src/kernel/rollback-only/script.ts";
import { runSealed, type SealedPlan, type SealedResult } from "../../src/kernel/rollback-only/sealed.ts";
import { openSession } from "../../src/kernel/session/open.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import { createDatabase, type TestDatabase, testServer } from "./database.ts";

const SCHEMA = `
DO $$ BEGIN CREATE ROLE shop_owner LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE shop_guest LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA shop AUTHORIZATION shop_owner;
SET ROLE shop_owner;
SET search_path = shop;
CREATE TABLE customer (id int PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customer ON DELETE CASCADE, total numeric);
CREATE TABLE audit (what text);
CREATE TABLE late (id int PRIMARY KEY, customer int REFERENCES customer DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE measure (at int NOT NULL, value int) PARTITION BY RANGE (at);
CREATE TABLE measure_low PARTITION OF measure FOR VALUES FROM (0) TO (100);
CREATE TABLE measure_high PARTITION OF measure FOR VALUES FROM (100) TO (200);
CREATE SEQUENCE fresh START 5 INCREMENT 10;
CREATE SEQUENCE hidden;
CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO shop.audit VALUES (tg_op); RETURN NULL; END $$;
CREATE TRIGGER log_it AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION log_it();
CREATE FUNCTION hidden_next() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT nextval('shop.hidden') $$;
INSERT INTO customer SELECT g, 'customer ' || g FROM generate_series(1, 10) AS g;
INSERT INTO orders (customer, total) SELECT 1 + g % 10, g FROM generate_series(1, 30) AS g;
INSERT INTO measure SELECT g, g FROM generate_series(50, 149) AS g;
TRUNCATE audit;
GRANT USAGE ON SCHEMA shop TO shop_guest;
GRANT SELECT, INSERT, DELETE ON orders, customer TO shop_guest;
`;

export async function makeShop(): Promise<TestDatabase> {
  const database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(SCHEMA);
  return database;
}

export async function sessionOn(database: TestDatabase, role: string): Promise<Session> {
  const target = await resolveTarget({ url: database.socketUrl(role), environment: {} });
  if (target instanceof Failure) throw new Error(target.message);
  const session = await openSession(target, { label: "test" });
  if (session instanceof Failure) throw new Error(session.message);
  return session;
}

/** Parses and runs; a script that does not parse is the test's own mistake. */
export async function runScript(
  session: Session,
  text: string,
  options: Omit<SealedPlan, "script"> = {},
): Promise<SealedResult | Failure> {
  const script = await parseScript(text);
  if (script instanceof Failure) throw new Error(script.message);
  return runSealed(session, { script, ...options });
}

export async function sealed(
  session: Session,
  text: string,
  options: Omit<SealedPlan, "script"> = {},
): Promise<SealedResult> {
  const result = await runScript(session, text, options);
  if (result instanceof Failure) throw new Error(`${result.code}: ${result.message} ${JSON.stringify(result.facts)}`);
  return result;
}

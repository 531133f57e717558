-- expect: nothing: this is the world in which the hostile scripts run, made by a superuser.
-- Tables with triggers, cascades, partitions, a deferred key, sequences, a procedure that commits, dblink, a large object.
CREATE ROLE hostile_owner LOGIN;
CREATE ROLE hostile_guest LOGIN;
GRANT pg_signal_backend TO hostile_owner;
CREATE EXTENSION dblink;
CREATE SCHEMA world AUTHORIZATION hostile_owner;
GRANT CREATE ON DATABASE :"DBNAME" TO hostile_owner;
SET ROLE hostile_owner;
SET search_path = world, public;
CREATE TABLE account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, balance numeric NOT NULL DEFAULT 0);
CREATE TABLE entry (id serial PRIMARY KEY, account_id bigint REFERENCES account ON DELETE CASCADE, amount numeric);
CREATE TABLE audit (at timestamptz DEFAULT now(), what text);
CREATE TABLE late (id int PRIMARY KEY, account_id bigint REFERENCES account DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE measure (at int NOT NULL, value int) PARTITION BY RANGE (at);
CREATE TABLE measure_low PARTITION OF measure FOR VALUES FROM (0) TO (100);
CREATE TABLE measure_high PARTITION OF measure FOR VALUES FROM (100) TO (200);
CREATE MATERIALIZED VIEW balances AS SELECT sum(balance) FROM account;
CREATE SEQUENCE ticket;
CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO world.audit (what) VALUES (tg_op || ' ' || tg_table_name); RETURN NULL; END $$;
CREATE TRIGGER entry_log AFTER INSERT OR UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION log_it();
CREATE CONSTRAINT TRIGGER account_late AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION log_it();
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$
BEGIN INSERT INTO world.audit (what) VALUES ('committed'); COMMIT; END $$;
CREATE PROCEDURE commits_quietly() LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO world.audit (what) VALUES ('committed quietly');
  BEGIN COMMIT; EXCEPTION WHEN OTHERS THEN NULL; END;
END $$;
CREATE FUNCTION reaches_out() RETURNS text LANGUAGE sql AS $$ SELECT dblink_exec('dbname=postgres', 'SELECT 1') $$;
INSERT INTO account (name, balance) SELECT 'account ' || g, g FROM generate_series(1, 10) AS g;
INSERT INTO entry (account_id, amount) SELECT 1 + g % 10, g FROM generate_series(1, 30) AS g;
INSERT INTO measure SELECT g, g FROM generate_series(1, 150) AS g;
SELECT lo_from_bytea(4242, 'before');
GRANT USAGE ON SCHEMA world TO hostile_guest;
GRANT SELECT, INSERT ON account, entry, audit, measure TO hostile_guest;
GRANT USAGE ON SEQUENCE entry_id_seq TO hostile_guest;

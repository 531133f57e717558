-- expect: refused STATEMENT_FAILED
-- superuser: sealed
-- Columns before variables in PL/pgSQL; only a superuser may.
SET plpgsql.variable_conflict = use_column;
INSERT INTO world.audit (what) VALUES ('leak');

-- expect: refused SCRIPT_UNPARSABLE
-- A new connection for psql.
\connect postgres
INSERT INTO world.audit (what) VALUES ('leak');

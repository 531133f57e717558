-- expect: refused SCRIPT_UNPARSABLE
-- A shell command for psql.
INSERT INTO world.audit (what) VALUES ('leak');
\! touch /tmp/leak

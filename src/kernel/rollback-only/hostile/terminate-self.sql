-- expect: refused SCRIPT_ESCAPES
-- Ends our own session.
INSERT INTO world.audit (what) VALUES ('leak');
SELECT pg_terminate_backend(pg_backend_pid());

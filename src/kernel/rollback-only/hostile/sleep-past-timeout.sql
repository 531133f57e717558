-- expect: refused STATEMENT_FAILED
-- timeout: 200
-- Sleeps past the statement timeout.
INSERT INTO world.audit (what) VALUES ('leak');
SELECT pg_sleep(10);

-- expect: refused STATEMENT_FAILED
-- SET ROLE to the superuser.
SET ROLE postgres;
INSERT INTO world.audit (what) VALUES ('leak');

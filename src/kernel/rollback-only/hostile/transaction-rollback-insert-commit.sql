-- expect: refused SCRIPT_NOT_SEALABLE
-- Leaves our transaction, writes in one of its own, commits.
ROLLBACK;
BEGIN;
INSERT INTO world.audit (what) VALUES ('leak');
COMMIT;

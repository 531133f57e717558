-- expect: refused STATEMENT_FAILED
-- SET TRANSACTION READ ONLY, then a write.
SET TRANSACTION READ ONLY;
INSERT INTO world.audit (what) VALUES ('leak');

-- expect: refused STATEMENT_FAILED
-- session_replication_role = replica would keep triggers and foreign keys quiet; not for this role.
SET session_replication_role = replica;
DELETE FROM world.account;

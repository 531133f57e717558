-- expect: refused SCRIPT_NOT_SEALABLE
-- The same for REINDEX.
REINDEX (CONCURRENTLY) TABLE world.account;

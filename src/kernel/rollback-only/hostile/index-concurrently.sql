-- expect: refused SCRIPT_NOT_SEALABLE
-- An index built in several transactions.
CREATE INDEX CONCURRENTLY leak ON world.account (balance);

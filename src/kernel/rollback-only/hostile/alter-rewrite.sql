-- expect: sealed
-- A rewrite of a table, with its index.
ALTER TABLE world.entry ALTER COLUMN amount TYPE text;
CLUSTER world.entry USING entry_pkey;
REINDEX TABLE world.account;
ANALYZE world.account;

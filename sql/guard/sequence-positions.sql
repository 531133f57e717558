-- Purpose: the last value of some sequences; null for one that was not called since it was last set. One row each.
-- Parameters: $1 array of oids, a bounded batch, since each is locked.
-- Locks taken: ROW EXCLUSIVE on each sequence, to the end of the transaction.
SELECT s.seqrelid::text AS oid, pg_catalog.pg_sequence_last_value(s.seqrelid)::text AS last_value
FROM pg_catalog.pg_sequence AS s
WHERE s.seqrelid = ANY ($1::pg_catalog.oid[])

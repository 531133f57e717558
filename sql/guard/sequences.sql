-- Purpose: the sequences of this database, and which of them the role may read. One row per sequence.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_sequence, pg_class, pg_namespace.
SELECT s.seqrelid::text AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
  s.seqincrement::text AS increment,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_sequence_privilege(s.seqrelid, 'USAGE, SELECT') AS readable,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT') AS selectable
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY s.seqrelid
LIMIT $1

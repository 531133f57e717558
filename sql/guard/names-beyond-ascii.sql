-- Purpose: names in this database that hold bytes above 127, to be judged by who can tell whether they are UTF-8. Rows:
--   what it is, its schema and name as bytes in hexadecimal, its oid.
-- Parameters: $1 most rows to answer. search_path must be pinned. For a database in SQL_ASCII, where nobody checks.
-- Locks taken: ACCESS SHARE on the catalogs.
SELECT n.what, n.oid::text AS oid,
  pg_catalog.encode(pg_catalog.convert_to(n.schema::text, 'SQL_ASCII'), 'hex') AS schema,
  pg_catalog.encode(pg_catalog.convert_to(n.name::text, 'SQL_ASCII'), 'hex') AS name
FROM (
  SELECT 'relation' AS what, c.oid, s.nspname AS schema, c.relname AS name
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
  UNION ALL
  SELECT 'column of a relation', a.attrelid, s.nspname, a.attname
  FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
  UNION ALL
  SELECT 'function', p.oid, s.nspname, p.proname
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS s ON s.oid = p.pronamespace
  UNION ALL
  SELECT 'type', t.oid, s.nspname, t.typname
  FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS s ON s.oid = t.typnamespace
  WHERE t.typrelid = 0 AND t.typcategory <> 'A'
) AS n
WHERE (n.schema::text || n.name::text) ~ '[^\x01-\x7f]'
ORDER BY n.what DESC, n.oid
LIMIT $1

-- Purpose: every file in the data directory of a server, with its size, as the server itself sees it.
-- Parameters: none. Locks: none on a relation of users. What goes meanwhile is left out.
WITH RECURSIVE entry AS (
  SELECT f.path, s.isdir, s.size
  FROM pg_catalog.pg_ls_dir('.', true, false) AS f (path)
  CROSS JOIN LATERAL pg_catalog.pg_stat_file(f.path, true) AS s
  UNION ALL
  SELECT b.path, s.isdir, s.size
  FROM entry AS e
  CROSS JOIN LATERAL (
    SELECT e.path || '/' || n.name AS path FROM pg_catalog.pg_ls_dir(e.path, true, false) AS n (name)
  ) AS b
  CROSS JOIN LATERAL pg_catalog.pg_stat_file(b.path, true) AS s
  WHERE e.isdir
)
SELECT e.path, e.size FROM entry AS e WHERE NOT e.isdir ORDER BY e.path COLLATE "C"

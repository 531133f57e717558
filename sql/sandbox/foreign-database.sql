-- Purpose: what this database says itself of who may come to it, where that is not as a new one has it: no rows else.
-- Parameters: none. Locks: none on a relation of users.
SELECT CASE o.name WHEN 'acl' THEN 'privileges of the database ' || d.datacl::pg_catalog.text
    ELSE 'connection limit of the database, ' || d.datconnlimit END AS what
FROM pg_catalog.pg_database AS d
CROSS JOIN (VALUES ('acl'), ('limit')) AS o (name)
WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
  AND CASE o.name WHEN 'acl' THEN d.datacl IS NOT NULL ELSE d.datconnlimit <> -1 END
ORDER BY o.name

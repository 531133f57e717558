-- Purpose: every ordinary table of the database that initdb did not make, whoever made it, or those of some schemas.
-- Parameters: $1 names of schemas, as text[]; empty: of all. Locks: none on a relation of users.
-- Below 16384 (FirstNormalObjectId) lie the numbers of what initdb makes; temporary tables are their session's.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relpersistence <> 't' AND c.oid >= 16384
  AND (pg_catalog.cardinality($1::pg_catalog.text[]) OPERATOR(pg_catalog.=) 0
    OR n.nspname OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]))
ORDER BY 1

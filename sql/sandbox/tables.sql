-- Purpose: every ordinary table of the two schemas that a cut writes to, whoever made it.
-- Parameters: none. Locks: none on a relation of users.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE n.nspname IN ('public', 'cutter_governance') AND c.relkind OPERATOR(pg_catalog.=) 'r'
ORDER BY 1

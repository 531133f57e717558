-- Purpose: the tables that a restored database has, each as a dump of it calls it, so that their rows can be counted.
-- Parameters: none. Locks: none on a relation of users. `dumped_as` is in hexadecimal, in the encoding of the database.
-- A partitioned table is among them: where its rows cannot be put into each partition, a dump has them under its name.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation,
  pg_catalog.encode(pg_catalog.convert_to(pg_catalog.format('%I.%I', n.nspname, c.relname),
    pg_catalog.getdatabaseencoding()), 'hex') AS dumped_as,
  c.relkind OPERATOR(pg_catalog.=) 'p' AS partitioned,
  EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d
    WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e') AS of_extension
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
ORDER BY 1

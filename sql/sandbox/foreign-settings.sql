-- Purpose: the settings that sessions on this database begin with: of all roles, of one, of the database, of both.
-- Parameters: none. Locks: none on a relation of users. `context` is who may set it (pg_settings); null where the role
-- that asks is not shown it, or no module that is loaded knows it. `literal` is the value as a statement takes it: of a
-- list, whose members are quoted in the catalog, member by member (as pg_dumpall does it).
SELECT CASE s.setrole WHEN 0 THEN '' ELSE r.rolname::text END AS role,
  CASE s.setrole WHEN 0 THEN '' ELSE pg_catalog.quote_ident(r.rolname) END AS quoted,
  CASE s.setdatabase WHEN 0 THEN 'every' ELSE 'this' END AS database,
  c.name, pg_catalog.quote_ident(c.name) AS quoted_name,
  (SELECT p.context FROM pg_catalog.pg_settings AS p
    WHERE pg_catalog.lower(p.name) OPERATOR(pg_catalog.=) pg_catalog.lower(c.name)) AS context,
  CASE WHEN c.name IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
    THEN coalesce((SELECT pg_catalog.string_agg(
        pg_catalog.quote_literal(coalesce(pg_catalog.replace(t.part[1], '""', '"'), t.part[2])), ', ' ORDER BY t.place)
      FROM pg_catalog.regexp_matches(c.value, '"((?:[^"]|"")*)"|([^," ]+)', 'g') WITH ORDINALITY AS t (part, place)),
      '''''')
    ELSE pg_catalog.quote_literal(c.value) END AS literal
FROM pg_catalog.pg_db_role_setting AS s
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) s.setrole
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS entry (text, place)
CROSS JOIN LATERAL (SELECT pg_catalog.split_part(entry.text, '=', 1) AS name,
  pg_catalog.substr(entry.text, pg_catalog.strpos(entry.text, '=') + 1) AS value) AS c
WHERE (s.setdatabase OPERATOR(pg_catalog.=) 0::oid
    OR s.setdatabase OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database AS d
      WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()))
  AND (s.setrole OPERATOR(pg_catalog.=) 0::oid OR r.oid IS NOT NULL)
ORDER BY r.rolname COLLATE "C" NULLS FIRST, s.setdatabase, entry.place

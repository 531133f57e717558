-- Purpose: functions of some oids, with all that can be read of what they do.
-- Parameters: $1 oids. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on the catalogs.
-- Built-in functions (oid below 16384) are left out: those that escape are known by name. `made`: the server made it
--   with a type, or it is an aggregate, whose functions are followed instead. `symbol`: of compiled code, what it is
--   called in its library, which no ALTER FUNCTION changes.
SELECT p.oid::text AS oid, p.proname::text AS name, pg_catalog.format('%I.%I', n.nspname, p.proname) AS qualified,
  l.lanname::text AS language,
  CASE WHEN l.lanname IN ('c', 'internal') THEN p.prosrc END AS symbol, l.lanpltrusted AS trusted,
  e.extname::text AS extension,
  p.prokind = 'a' OR EXISTS (SELECT FROM pg_catalog.pg_depend AS i WHERE i.classid = 'pg_proc'::regclass
    AND i.objid = p.oid AND i.refclassid = 'pg_type'::regclass AND i.deptype = 'i') AS made,
  pg_catalog.concat_ws(' ', p.prosrc, pg_catalog.pg_get_function_sqlbody(p.oid), p.proconfig::text) AS source
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
LEFT JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
WHERE p.oid = ANY ($1::oid[]) AND p.oid >= 16384

-- Purpose: functions of some names in any schema, or of some oids, with all that can be read of what they do.
-- Parameters: $1 names, $2 oids. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on the catalogs.
-- Built-in functions (oid below 16384) are left out: those that escape are known by name.
SELECT p.oid::text AS oid, p.proname::text AS name, pg_catalog.format('%I.%I', n.nspname, p.proname) AS qualified,
  l.lanname::text AS language, l.lanpltrusted AS trusted, e.extname::text AS extension,
  pg_catalog.concat_ws(' ', p.prosrc, pg_catalog.pg_get_function_sqlbody(p.oid), p.proconfig::text) AS source
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
LEFT JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
WHERE (p.proname = ANY ($1::name[]) OR p.oid = ANY ($2::oid[])) AND p.oid >= 16384

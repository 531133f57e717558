-- Purpose: what else there is that may act on our objects or look like one: event triggers, publications of our tables,
-- anything else in cutter_governance, and names in public that hide those of pg_catalog from who puts public first.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT 'event trigger' AS kind, t.evtname::text AS object,
  'on ' || t.evtevent || ' runs ' || n.nspname || '.' || p.proname
    || coalesce(' when tag in ' || pg_catalog.array_to_string(t.evttags, ', '), '')
    || CASE t.evtenabled WHEN 'O' THEN '' WHEN 'R' THEN ', on replicas only' ELSE ', always' END AS definition,
  (SELECT x.extname::text FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS x ON x.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
      AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass) AS extension
FROM pg_catalog.pg_event_trigger AS t
JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE t.evtenabled <> 'D'
UNION ALL
SELECT 'publication', t.pubname::text,
  'of ' || pg_catalog.string_agg(t.schemaname || '.' || t.tablename, ', ' ORDER BY t.schemaname, t.tablename), null
FROM pg_catalog.pg_publication_tables AS t
WHERE t.schemaname = 'cutter_governance' OR t.schemaname = 'public' AND t.tablename = ANY ($1::text[])
GROUP BY t.pubname
UNION ALL
-- Relations, with their row types, and functions are read elsewhere; a multirange comes with its range.
SELECT 'object', i.type || ' ' || i.identity, 'exists', null
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_namespace AS n ON d.refobjid = n.oid
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) AS i
WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND n.nspname = 'cutter_governance'
  AND d.deptype = 'n'
  AND d.classid NOT IN ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.typtype IN ('c', 'm')
    AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = d.objid)
UNION ALL
SELECT 'shadow', pg_catalog.concat_ws(' ', i.type, i.identity), 'exists', null
FROM (
  SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass AS class, o.oid
  FROM pg_catalog.pg_operator AS o
  WHERE o.oprnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public') AND o.oprname IN (
    SELECT b.oprname FROM pg_catalog.pg_operator AS b WHERE b.oprnamespace = 'pg_catalog'::pg_catalog.regnamespace)
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid
  FROM pg_catalog.pg_proc AS p
  WHERE p.pronamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public') AND p.proname IN (
    SELECT b.proname FROM pg_catalog.pg_proc AS b WHERE b.pronamespace = 'pg_catalog'::pg_catalog.regnamespace)
) AS s
CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.class, s.oid, 0) AS i
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
  WHERE d.classid = s.class AND d.objid = s.oid AND d.deptype = 'e')
ORDER BY 1, 2

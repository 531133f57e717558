-- Purpose: what our functions are, those of the given names and any in cutter_governance: signature, rights, settings,
-- and the digest of their text.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT n.nspname || '.' || p.proname AS name,
  n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' AS identity,
  n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_arguments(p.oid) || ') returns '
    || pg_catalog.pg_get_function_result(p.oid) AS signature,
  l.lanname
    || CASE p.prosecdef WHEN true THEN ', security definer' ELSE ', security invoker' END
    || CASE p.provolatile WHEN 'i' THEN ', immutable' WHEN 's' THEN ', stable' ELSE ', volatile' END
    || CASE p.proisstrict WHEN true THEN ', strict' ELSE '' END
    || CASE p.proleakproof WHEN true THEN ', leakproof' ELSE '' END
    || CASE p.proparallel WHEN 's' THEN ', parallel safe' WHEN 'r' THEN ', parallel restricted' ELSE '' END
    -- What CREATE FUNCTION gives by itself is not mentioned.
    || CASE WHEN p.procost = CASE WHEN l.lanname IN ('c', 'internal') THEN 1 ELSE 100 END THEN ''
      ELSE ', cost ' || p.procost END
    || CASE WHEN p.prorows = CASE WHEN p.proretset THEN 1000 ELSE 0 END THEN '' ELSE ', rows ' || p.prorows END
    || CASE p.prosupport WHEN 0 THEN '' ELSE ', support ' || p.prosupport::pg_catalog.text END
    || coalesce((SELECT pg_catalog.string_agg(', set ' || s.setting, '' ORDER BY s.setting)
      FROM pg_catalog.unnest(p.proconfig) AS s (setting)), '') AS properties,
  p.prosecdef AS security_definer,
  pg_catalog.pg_get_userbyid(p.proowner) AS owner,
  pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')), 'hex') AS body_sha256
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE n.nspname = 'cutter_governance' OR n.nspname = 'public' AND p.proname = ANY ($1::text[])
ORDER BY identity

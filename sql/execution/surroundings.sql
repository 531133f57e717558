-- Purpose: all that decides what a statement of a cut does beside its rows, object by object with a digest of what it
-- is: tables, columns, constraints, indexes, triggers, rules, policies, the functions that are called, event triggers,
-- the rights and settings of the roles that write, the server's version. The same for every role that asks.
-- Parameters: none. search_path must be pinned. Locks: AccessShareLock on catalogs only.
WITH ours AS (
  SELECT c.*, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND (n.nspname = 'cutter_governance' OR n.nspname = 'public'
    AND c.relname IN ('information_unit', 'unit_version', 'iu_lifecycle_log', 'system_vocab'))
), called AS (
  SELECT p.oid FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE n.nspname = 'cutter_governance' OR n.nspname = 'public' AND p.proname LIKE 'fn\_iu\_%'
  UNION SELECT t.tgfoid FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid IN (SELECT o.oid FROM ours AS o)
    AND NOT t.tgisinternal
  UNION SELECT e.evtfoid FROM pg_catalog.pg_event_trigger AS e
  UNION SELECT d.refobjid FROM pg_catalog.pg_depend AS d
    LEFT JOIN pg_catalog.pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
    LEFT JOIN pg_catalog.pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    WHERE d.refclassid = 'pg_proc'::regclass AND (a.adrelid IN (SELECT o.oid FROM ours AS o)
      OR k.conrelid IN (SELECT o.oid FROM ours AS o))
), writer AS (
  SELECT r.* FROM pg_catalog.pg_roles AS r WHERE r.rolname IN ('cutter_exec', 'cutter_verify')
), seen (object, definition) AS (
  SELECT 'relation ' || o.name, pg_catalog.concat_ws(' ', o.relkind, o.relpersistence, o.relowner::regrole, o.relacl,
    o.relrowsecurity, o.relforcerowsecurity, o.reloptions,
    CASE WHEN o.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(o.oid) END) FROM ours AS o
  UNION ALL
  SELECT pg_catalog.format('column %s.%I', o.name, a.attname), pg_catalog.concat_ws(' ',
    pg_catalog.format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull, a.attidentity,
    a.attgenerated, a.attacl, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
  FROM ours AS o JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  UNION ALL
  SELECT pg_catalog.format('constraint %I of %s', k.conname, o.name),
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_constraintdef(k.oid), k.condeferrable, k.condeferred, k.convalidated)
  FROM ours AS o JOIN pg_catalog.pg_constraint AS k ON k.conrelid = o.oid
  UNION ALL
  SELECT pg_catalog.format('index %s of %s', i.indexrelid::regclass, o.name), pg_catalog.concat_ws(' ',
    pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indislive)
  FROM ours AS o JOIN pg_catalog.pg_index AS i ON i.indrelid = o.oid
  UNION ALL
  SELECT pg_catalog.format('trigger %I of %s', t.tgname, o.name),
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled)
  FROM ours AS o JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = o.oid
  UNION ALL
  SELECT pg_catalog.format('rule %I of %s', r.rulename, o.name),
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_ruledef(r.oid), r.ev_enabled)
  FROM ours AS o JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = o.oid WHERE r.rulename <> '_RETURN'
  UNION ALL
  SELECT pg_catalog.format('policy %I of %s', p.polname, o.name), pg_catalog.concat_ws(' ', p.polcmd, p.polpermissive,
    (SELECT pg_catalog.string_agg(r::regrole::text, ' ' ORDER BY r::regrole::text) FROM unnest(p.polroles) AS r),
    pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
  FROM ours AS o JOIN pg_catalog.pg_policy AS p ON p.polrelid = o.oid
  UNION ALL
  SELECT 'function ' || p.oid::regprocedure, pg_catalog.concat_ws(' ', p.proowner::regrole, p.proacl,
    CASE WHEN p.prokind IN ('f', 'p') THEN pg_catalog.pg_get_functiondef(p.oid) END)
  FROM called AS c JOIN pg_catalog.pg_proc AS p ON p.oid = c.oid
  UNION ALL
  SELECT pg_catalog.format('event trigger %I', e.evtname),
    pg_catalog.concat_ws(' ', e.evtevent, e.evtenabled, e.evtfoid::regprocedure, e.evttags)
  FROM pg_catalog.pg_event_trigger AS e
  UNION ALL
  SELECT pg_catalog.format('schema %I', n.nspname), pg_catalog.concat_ws(' ', n.nspowner::regrole, n.nspacl)
  FROM pg_catalog.pg_namespace AS n WHERE n.nspname IN ('public', 'cutter_governance')
  UNION ALL
  SELECT pg_catalog.format('role %I', w.rolname), pg_catalog.concat_ws(' ', w.rolsuper, w.rolinherit, w.rolcanlogin,
    w.rolbypassrls, w.rolconnlimit, w.rolvaliduntil,
    (SELECT pg_catalog.string_agg(m.roleid::regrole::text, ' ' ORDER BY m.roleid::regrole::text)
      FROM pg_catalog.pg_auth_members AS m WHERE m.member = w.oid)) FROM writer AS w
  UNION ALL
  SELECT pg_catalog.format('settings of %s', coalesce((SELECT w.rolname::text FROM writer AS w WHERE w.oid = s.setrole),
    'every role') || CASE s.setdatabase WHEN 0 THEN '' ELSE ' in this database' END), s.setconfig::text
  FROM pg_catalog.pg_db_role_setting AS s
  WHERE (s.setrole = 0 OR s.setrole IN (SELECT w.oid FROM writer AS w)) AND (s.setdatabase = 0 OR s.setdatabase
    = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
  UNION ALL
  SELECT 'server version', pg_catalog.current_setting('server_version')
)
SELECT s.object, pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
  pg_catalog.string_agg(s.definition, E'\n' ORDER BY s.definition), 'UTF8')), 'hex'), 16) AS digest
FROM seen AS s GROUP BY s.object ORDER BY s.object

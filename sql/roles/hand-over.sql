-- Gives everything that a superuser has just installed to the owner named in the privilege matrix: a SECURITY DEFINER
-- function of a superuser would lend its rights to every caller. Does nothing for any other role.
-- Parameters, as transaction-local settings: the matrix (cutter.privilege_matrix), and whether the lifecycle was
-- installed too or was there before and is kept (cutter.lifecycle). Locks: ACCESS EXCLUSIVE, briefly.
DO $hand_over$
DECLARE
  lifecycle boolean := current_setting('cutter.lifecycle') = 'installed';
  owner text := current_setting('cutter.privilege_matrix')::jsonb -> 'owner' ->> 'name';
  -- A name is read as SQL reads it: in small letters, unless it is quoted.
  installer regrole := quote_ident(current_user)::regrole;
  item record;
BEGIN
  IF current_setting('is_superuser') <> 'on' THEN
    RETURN;
  END IF;
  FOR item IN
    SELECT 'SCHEMA' AS kind, nspname::text AS name FROM pg_namespace
    WHERE nspname = 'cutter_governance' AND nspowner = installer
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, oid::regclass::text FROM pg_class
    WHERE relkind IN ('r', 'v') AND relowner = installer
      AND (relnamespace = 'cutter_governance'::regnamespace
        OR lifecycle AND oid IN (to_regclass('public.system_vocab'), to_regclass('public.information_unit'),
          to_regclass('public.unit_version'), to_regclass('public.iu_lifecycle_log')))
    UNION ALL
    SELECT 'FUNCTION', oid::regprocedure::text FROM pg_proc
    WHERE lifecycle AND pronamespace = 'public'::regnamespace AND proowner = installer
      AND proname IN ('fn_iu_create', 'fn_iu_enact', 'fn_iu_withdraw', 'fn_iu_revise',
        'fn_iu_enacted_immut', 'fn_uv_enacted_immut', 'fn_iu_enacted_truncate')
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO %I', item.kind, item.name, owner);
  END LOOP;
END
$hand_over$;

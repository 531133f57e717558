-- Grants exactly what the privilege matrix lists, on the objects that are there and belong to the current role.
-- Parameters: the matrix, as the transaction-local setting cutter.privilege_matrix.
-- Locks: none that readers or writers of the tables would notice.
DO $grants$
DECLARE
  matrix jsonb := current_setting('cutter.privilege_matrix')::jsonb;
  item record;
BEGIN
  FOR item IN
    SELECT kind, entry ->> 'role' AS role, entry ->> 'privilege' AS privilege, string_to_array(object, '.') AS name
    FROM (SELECT matrix -> 'governance' AS area UNION ALL SELECT matrix -> 'lifecycle') AS areas,
      jsonb_each(area) AS kinds (kind, entries), jsonb_array_elements(entries) AS entry,
      jsonb_array_elements_text(entry -> 'on') AS object
  LOOP
    CASE item.kind
      WHEN 'schemas' THEN
        EXECUTE format('GRANT %s ON SCHEMA %I TO %I', item.privilege, item.name[1], item.role);
      WHEN 'columns' THEN
        EXECUTE format('GRANT %s (%I) ON %I.%I TO %I',
          item.privilege, item.name[3], item.name[1], item.name[2], item.role);
      WHEN 'tables', 'views' THEN
        IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(format('%I.%I', item.name[1], item.name[2]))
          AND pg_has_role(relowner, 'USAGE'))
        THEN
          EXECUTE format('GRANT %s ON %I.%I TO %I', item.privilege, item.name[1], item.name[2], item.role);
        END IF;
      WHEN 'functions' THEN
        IF EXISTS (SELECT FROM pg_proc WHERE oid = to_regproc(format('%I.%I', item.name[1], item.name[2]))
          AND pg_has_role(proowner, 'USAGE'))
        THEN
          EXECUTE format('GRANT %s ON FUNCTION %I.%I TO %I', item.privilege, item.name[1], item.name[2], item.role);
        END IF;
    END CASE;
  END LOOP;
END
$grants$;

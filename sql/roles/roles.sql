-- Creates the roles of the privilege matrix that do not exist yet, without a password: the operator sets one.
-- Parameters: the matrix, as the transaction-local setting cutter.privilege_matrix. Roles that exist are left as they
-- are; `cutter schema verify` compares them. The owner is created only for a superuser, who must not own anything.
-- Locks: none beyond those of CREATE ROLE. Two installations on one cluster may race: who comes second keeps the role.
DO $roles$
DECLARE
  matrix jsonb := current_setting('cutter.privilege_matrix')::jsonb;
  wanted jsonb := matrix -> 'roles';
  role jsonb;
  attributes jsonb;
  parent text;
BEGIN
  IF current_setting('is_superuser') = 'on' THEN
    wanted := wanted || jsonb_build_array(matrix -> 'owner');
  END IF;
  FOR role IN SELECT jsonb_array_elements(wanted) LOOP
    CONTINUE WHEN to_regrole(quote_ident(role ->> 'name')) IS NOT NULL;
    attributes := role -> 'attributes';
    BEGIN
      EXECUTE format('CREATE ROLE %I %s %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS '
        'CONNECTION LIMIT %s', role ->> 'name',
        CASE WHEN (attributes ->> 'login')::boolean THEN 'LOGIN' ELSE 'NOLOGIN' END,
        CASE WHEN (attributes ->> 'inherit')::boolean IS FALSE THEN 'NOINHERIT' ELSE 'INHERIT' END,
        coalesce(attributes ->> 'connectionLimit', '-1'));
      EXECUTE format('COMMENT ON ROLE %I IS %L', role ->> 'name', 'cutter: ' || (role ->> 'purpose'));
      FOR parent IN SELECT jsonb_array_elements_text(role -> 'memberOf') LOOP
        EXECUTE format('GRANT %I TO %I', parent, role ->> 'name');
      END LOOP;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$roles$;

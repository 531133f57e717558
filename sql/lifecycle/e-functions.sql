-- Bundle E: the write contract. Four functions, the only way in: the executing role may not write the tables.
-- Each is called by name, answers one jsonb, runs as its owner with a pinned search_path, and belongs to nobody by
-- default. A refusal is an answer ({"status":"rejected","errors":[...]}) and leaves no row. Called in batches, one
-- statement for many rows, so the way to success is short: two statements in each function.
-- Parameters: none. Locks: none that readers or writers of the tables would notice.
DO $bundle$
BEGIN
  CREATE FUNCTION public.fn_iu_create(
    canonical_address text, title text, body text, actor text,
    unit_kind text, section_type text, publication_type text, owner_ref text DEFAULT NULL
  ) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  #variable_conflict use_column
  DECLARE
    kind text := replace(fn_iu_create.unit_kind, 'vocab.unit_kind.', '');
    section text := replace(fn_iu_create.section_type, 'vocab.section_type.', '');
    publication text := replace(fn_iu_create.publication_type, 'vocab.publication_type.', '');
    problems text[];
    unit_id uuid;
    version_id uuid;
  BEGIN
    IF fn_iu_create.canonical_address <> '' AND fn_iu_create.title <> '' AND fn_iu_create.body IS NOT NULL
      AND fn_iu_create.actor <> '' AND 3 = (SELECT count(*) FROM public.system_vocab WHERE key IN (
        'vocab.unit_kind.' || kind, 'vocab.section_type.' || section, 'vocab.publication_type.' || publication))
    THEN
      -- ON CONFLICT waits for a concurrent creator of the same address, so a race ends in a rejection, not an error.
      WITH unit AS (
        INSERT INTO public.information_unit (canonical_address, unit_kind, identity_profile, owner_ref, created_by)
        VALUES (fn_iu_create.canonical_address, kind,
          jsonb_build_object('primary_section_type_ref', 'vocab.section_type.' || section),
          fn_iu_create.owner_ref, fn_iu_create.actor)
        ON CONFLICT (canonical_address) DO NOTHING
        RETURNING id
      )
      INSERT INTO public.unit_version
        (information_unit_id, version_no, title, body, content_sha256, publication_type, created_by)
      SELECT unit.id, 1, fn_iu_create.title, fn_iu_create.body,
        encode(sha256(convert_to(fn_iu_create.body, 'UTF8')), 'hex'), publication, fn_iu_create.actor
      FROM unit
      RETURNING information_unit_id, id INTO unit_id, version_id;
      IF FOUND THEN
        RETURN jsonb_build_object(
          'status', 'created', 'information_unit_id', unit_id, 'unit_version_id', version_id);
      END IF;
      RETURN jsonb_build_object('status', 'rejected', 'errors',
        jsonb_build_array(format('canonical_address: %s exists already', fn_iu_create.canonical_address)));
    END IF;

    -- Something is wrong: find everything that is.
    SELECT array_agg(found.problem ORDER BY found.place) INTO problems FROM (
      VALUES
        (1, CASE WHEN coalesce(fn_iu_create.canonical_address, '') = '' THEN 'canonical_address: must not be empty'
          WHEN EXISTS (SELECT FROM public.information_unit AS unit
            WHERE unit.canonical_address = fn_iu_create.canonical_address)
          THEN format('canonical_address: %s exists already', fn_iu_create.canonical_address) END),
        (2, CASE WHEN coalesce(fn_iu_create.title, '') = '' THEN 'title: must not be empty' END),
        (3, CASE WHEN fn_iu_create.body IS NULL THEN 'body: must not be null' END),
        (4, CASE WHEN coalesce(fn_iu_create.actor, '') = '' THEN 'actor: must not be empty' END)
      UNION ALL
      SELECT asked.place, format('%s: %s, choose: %s', asked.family,
        CASE WHEN asked.word IS NULL THEN 'Multiple' ELSE format('%L is not known', asked.word) END, known.choices)
      FROM (VALUES (5, 'unit_kind', kind), (6, 'section_type', section), (7, 'publication_type', publication))
        AS asked (place, family, word)
      CROSS JOIN LATERAL (
        SELECT string_agg(split_part(key, '.', 3), ', ' ORDER BY key COLLATE "C") AS choices,
          bool_or(split_part(key, '.', 3) = asked.word) AS resolves
        FROM public.system_vocab WHERE split_part(key, '.', 2) = asked.family
      ) AS known
      WHERE known.resolves IS NOT TRUE
    ) AS found (place, problem) WHERE found.problem IS NOT NULL;
    RETURN jsonb_build_object('status', 'rejected', 'errors', to_jsonb(problems));
  END
  $function$;
  COMMENT ON FUNCTION public.fn_iu_create(text, text, text, text, text, text, text, text) IS
    'Creates a draft unit with its first version, or answers every reason why not';

  CREATE FUNCTION public.fn_iu_enact(information_unit_id uuid, actor text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  #variable_conflict use_column
  DECLARE
    present text;
  BEGIN
    IF fn_iu_enact.actor <> '' THEN
      WITH moved AS (
        UPDATE public.information_unit AS unit SET lifecycle_status = 'enacted', enacted_at = now()
        WHERE unit.id = fn_iu_enact.information_unit_id AND unit.lifecycle_status = 'draft'
        RETURNING unit.id
      )
      INSERT INTO public.iu_lifecycle_log (information_unit_id, from_status, to_status, actor)
      SELECT moved.id, 'draft', 'enacted', fn_iu_enact.actor FROM moved;
      IF FOUND THEN
        RETURN jsonb_build_object('status', 'enacted', 'information_unit_id', fn_iu_enact.information_unit_id);
      END IF;
    END IF;
    SELECT unit.lifecycle_status INTO present
    FROM public.information_unit AS unit WHERE unit.id = fn_iu_enact.information_unit_id;
    RETURN jsonb_build_object('status', 'rejected', 'errors', to_jsonb(array_remove(ARRAY[
      CASE WHEN present IS NULL THEN format('information_unit_id: %s does not exist', fn_iu_enact.information_unit_id)
        WHEN present <> 'draft' THEN format('lifecycle_status: only a draft can be enacted, this is %s', present) END,
      CASE WHEN coalesce(fn_iu_enact.actor, '') = '' THEN 'actor: must not be empty' END], NULL)));
  END
  $function$;
  COMMENT ON FUNCTION public.fn_iu_enact(uuid, text) IS 'Moves a draft to enacted and logs it; refuses any other move';

  CREATE FUNCTION public.fn_iu_withdraw(information_unit_id uuid, actor text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  #variable_conflict use_column
  DECLARE
    present text;
  BEGIN
    IF fn_iu_withdraw.actor <> '' THEN
      WITH moved AS (
        UPDATE public.information_unit AS unit SET lifecycle_status = 'withdrawn'
        WHERE unit.id = fn_iu_withdraw.information_unit_id AND unit.lifecycle_status = 'draft'
        RETURNING unit.id
      )
      INSERT INTO public.iu_lifecycle_log (information_unit_id, from_status, to_status, actor)
      SELECT moved.id, 'draft', 'withdrawn', fn_iu_withdraw.actor FROM moved;
      IF FOUND THEN
        RETURN jsonb_build_object('status', 'withdrawn', 'information_unit_id', fn_iu_withdraw.information_unit_id);
      END IF;
    END IF;
    SELECT unit.lifecycle_status INTO present
    FROM public.information_unit AS unit WHERE unit.id = fn_iu_withdraw.information_unit_id;
    RETURN jsonb_build_object('status', 'rejected', 'errors', to_jsonb(array_remove(ARRAY[
      CASE WHEN present IS NULL
        THEN format('information_unit_id: %s does not exist', fn_iu_withdraw.information_unit_id)
        WHEN present <> 'draft' THEN format('lifecycle_status: only a draft can be withdrawn, this is %s', present)
      END,
      CASE WHEN coalesce(fn_iu_withdraw.actor, '') = '' THEN 'actor: must not be empty' END], NULL)));
  END
  $function$;
  COMMENT ON FUNCTION public.fn_iu_withdraw(uuid, text) IS
    'Moves a draft to withdrawn and logs it; refuses any other move';

  CREATE FUNCTION public.fn_iu_revise(information_unit_id uuid, title text, body text, actor text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  #variable_conflict use_column
  DECLARE
    present text;
    problems text[];
    version_id uuid;
    version integer;
  BEGIN
    -- Locked, so that two revisions get two numbers and none slips in behind an enactment.
    SELECT unit.lifecycle_status INTO present
    FROM public.information_unit AS unit WHERE unit.id = fn_iu_revise.information_unit_id FOR NO KEY UPDATE;
    problems := array_remove(ARRAY[
      CASE WHEN present IS NULL THEN format('information_unit_id: %s does not exist', fn_iu_revise.information_unit_id)
        WHEN present NOT IN ('draft', 'withdrawn')
        THEN format('lifecycle_status: only a draft or withdrawn unit can be revised, this is %s', present) END,
      CASE WHEN coalesce(fn_iu_revise.title, '') = '' THEN 'title: must not be empty' END,
      CASE WHEN fn_iu_revise.body IS NULL THEN 'body: must not be null' END,
      CASE WHEN coalesce(fn_iu_revise.actor, '') = '' THEN 'actor: must not be empty' END], NULL);
    IF problems <> '{}' THEN
      RETURN jsonb_build_object('status', 'rejected', 'errors', to_jsonb(problems));
    END IF;

    INSERT INTO public.unit_version
      (information_unit_id, version_no, title, body, content_sha256, publication_type, created_by)
    SELECT last.information_unit_id, last.version_no + 1, fn_iu_revise.title, fn_iu_revise.body,
      encode(sha256(convert_to(fn_iu_revise.body, 'UTF8')), 'hex'), last.publication_type, fn_iu_revise.actor
    FROM public.unit_version AS last
    WHERE last.information_unit_id = fn_iu_revise.information_unit_id ORDER BY last.version_no DESC LIMIT 1
    RETURNING id, version_no INTO STRICT version_id, version;
    IF present = 'withdrawn' THEN
      UPDATE public.information_unit AS unit SET lifecycle_status = 'draft'
      WHERE unit.id = fn_iu_revise.information_unit_id;
      INSERT INTO public.iu_lifecycle_log (information_unit_id, from_status, to_status, actor)
      VALUES (fn_iu_revise.information_unit_id, 'withdrawn', 'draft', fn_iu_revise.actor);
    END IF;
    RETURN jsonb_build_object('status', 'revised', 'information_unit_id', fn_iu_revise.information_unit_id,
      'unit_version_id', version_id, 'version_no', version);
  END
  $function$;
  COMMENT ON FUNCTION public.fn_iu_revise(uuid, text, text, text) IS
    'Adds the next version to a draft or withdrawn unit and leaves it draft';

  REVOKE ALL ON FUNCTION
    public.fn_iu_create(text, text, text, text, text, text, text, text), public.fn_iu_enact(uuid, text),
    public.fn_iu_withdraw(uuid, text), public.fn_iu_revise(uuid, text, text, text) FROM PUBLIC;
END
$bundle$;

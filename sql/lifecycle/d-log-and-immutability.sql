-- Bundle D: the lifecycle log, and the triggers that make enacted units and their versions immutable.
-- Parameters: none. Locks: SHARE ROW EXCLUSIVE on information_unit and unit_version. TRUNCATE, which row triggers do
-- not see, has statement triggers of its own.
DO $bundle$
BEGIN
  CREATE TABLE public.iu_lifecycle_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    information_unit_id uuid NOT NULL REFERENCES public.information_unit (id),
    from_status text NOT NULL CHECK (from_status IN ('draft', 'enacted', 'superseded', 'withdrawn')),
    to_status text NOT NULL CHECK (to_status IN ('draft', 'enacted', 'superseded', 'withdrawn')),
    actor text NOT NULL CHECK (actor <> ''),
    created_by text NOT NULL DEFAULT session_user,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (from_status <> to_status)
  );
  CREATE INDEX iu_lifecycle_log_unit ON public.iu_lifecycle_log (information_unit_id);
  COMMENT ON TABLE public.iu_lifecycle_log IS 'One row per move of a unit from one lifecycle status to another';
  COMMENT ON COLUMN public.iu_lifecycle_log.id IS 'Random, so that a proof consumes no sequence';
  COMMENT ON COLUMN public.iu_lifecycle_log.information_unit_id IS 'The unit that moved';
  COMMENT ON COLUMN public.iu_lifecycle_log.from_status IS 'Status before';
  COMMENT ON COLUMN public.iu_lifecycle_log.to_status IS 'Status after';
  COMMENT ON COLUMN public.iu_lifecycle_log.actor IS 'The actor that the function was given';
  COMMENT ON COLUMN public.iu_lifecycle_log.created_by IS 'The role that had logged in';
  COMMENT ON COLUMN public.iu_lifecycle_log.created_at IS 'Start of the transaction that moved it';

  CREATE FUNCTION public.fn_iu_enacted_immut() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    RAISE EXCEPTION 'unit % is enacted and therefore immutable: % refused', OLD.canonical_address, TG_OP
      USING ERRCODE = 'restrict_violation';
  END
  $function$;
  COMMENT ON FUNCTION public.fn_iu_enacted_immut() IS 'Refuses; its trigger fires for enacted units only';

  CREATE FUNCTION public.fn_uv_enacted_immut() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    unit public.information_unit;
  BEGIN
    -- Locked before it is judged: a unit that is being enacted at this moment is waited for.
    FOR unit IN
      SELECT * FROM public.information_unit WHERE id IN (OLD.information_unit_id, NEW.information_unit_id) FOR SHARE
    LOOP
      IF unit.lifecycle_status = 'enacted' THEN
        RAISE EXCEPTION 'version % of enacted unit % is immutable: % refused',
          OLD.version_no, unit.canonical_address, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
    END LOOP;
    RETURN coalesce(NEW, OLD);
  END
  $function$;
  COMMENT ON FUNCTION public.fn_uv_enacted_immut() IS 'Refuses to change or remove a version of an enacted unit';

  CREATE FUNCTION public.fn_iu_enacted_truncate() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    IF EXISTS (SELECT FROM public.information_unit WHERE lifecycle_status = 'enacted') THEN
      RAISE EXCEPTION '% holds enacted units, which are immutable: TRUNCATE refused', TG_RELID::regclass
        USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
  END
  $function$;
  COMMENT ON FUNCTION public.fn_iu_enacted_truncate() IS 'Refuses TRUNCATE while any unit is enacted';

  REVOKE ALL ON FUNCTION
    public.fn_iu_enacted_immut(), public.fn_uv_enacted_immut(), public.fn_iu_enacted_truncate() FROM PUBLIC;

  CREATE TRIGGER trg_iu_enacted_immut BEFORE UPDATE OR DELETE ON public.information_unit
    FOR EACH ROW WHEN (OLD.lifecycle_status = 'enacted') EXECUTE FUNCTION public.fn_iu_enacted_immut();
  CREATE TRIGGER trg_uv_enacted_immut BEFORE UPDATE OR DELETE ON public.unit_version
    FOR EACH ROW EXECUTE FUNCTION public.fn_uv_enacted_immut();
  CREATE TRIGGER trg_iu_enacted_truncate BEFORE TRUNCATE ON public.information_unit
    FOR EACH STATEMENT EXECUTE FUNCTION public.fn_iu_enacted_truncate();
  CREATE TRIGGER trg_uv_enacted_truncate BEFORE TRUNCATE ON public.unit_version
    FOR EACH STATEMENT EXECUTE FUNCTION public.fn_iu_enacted_truncate();
  COMMENT ON TRIGGER trg_iu_enacted_immut ON public.information_unit IS
    'An enacted unit accepts no UPDATE and no DELETE';
  COMMENT ON TRIGGER trg_uv_enacted_immut ON public.unit_version IS
    'A version of an enacted unit accepts no UPDATE and no DELETE';
  COMMENT ON TRIGGER trg_iu_enacted_truncate ON public.information_unit IS 'No TRUNCATE while any unit is enacted';
  COMMENT ON TRIGGER trg_uv_enacted_truncate ON public.unit_version IS 'No TRUNCATE while any unit is enacted';
END
$bundle$;

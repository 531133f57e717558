-- Rollback runbook: removes bundles E, D, C, B and A, in this order, in one step.
-- Parameters: none but the setting named below. Locks: ACCESS EXCLUSIVE on the lifecycle tables.
-- It refuses (55000) while rows exist that are not reference data, unless they are given up first:
-- SET cutter.discard_rows = 'on'. It never cascades: what others built on the tables makes it fail, and then nothing
-- has changed.
DO $runbook$
DECLARE
  precious bigint;
BEGIN
  LOCK TABLE public.information_unit, public.unit_version, public.iu_lifecycle_log IN ACCESS EXCLUSIVE MODE;
  SELECT count(*) INTO precious FROM (
    SELECT created_by FROM public.information_unit
    UNION ALL SELECT created_by FROM public.unit_version
    UNION ALL SELECT created_by FROM public.iu_lifecycle_log
  ) AS rows WHERE created_by <> 'reference';
  IF precious > 0 AND current_setting('cutter.discard_rows', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'the lifecycle tables hold % rows that are not reference data', precious
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Take a backup; then SET cutter.discard_rows = ''on'' in the same session gives them up.';
  END IF;

  -- E
  DROP FUNCTION public.fn_iu_revise(uuid, text, text, text);
  DROP FUNCTION public.fn_iu_withdraw(uuid, text);
  DROP FUNCTION public.fn_iu_enact(uuid, text);
  DROP FUNCTION public.fn_iu_create(text, text, text, text, text, text, text, text);
  -- D
  DROP TRIGGER trg_uv_enacted_truncate ON public.unit_version;
  DROP TRIGGER trg_iu_enacted_truncate ON public.information_unit;
  DROP TRIGGER trg_uv_enacted_immut ON public.unit_version;
  DROP TRIGGER trg_iu_enacted_immut ON public.information_unit;
  DROP FUNCTION public.fn_iu_enacted_truncate();
  DROP FUNCTION public.fn_uv_enacted_immut();
  DROP FUNCTION public.fn_iu_enacted_immut();
  DROP TABLE public.iu_lifecycle_log;
  -- C
  DROP TABLE public.unit_version;
  -- B
  DROP TABLE public.information_unit;
  -- A
  DROP TABLE public.system_vocab;
END
$runbook$;

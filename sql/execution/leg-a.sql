-- Purpose: create many draft units in one statement, through the database's own fn_iu_create, one answer per row.
-- Parameters: $1 jsonb, an array of rows with the fields of the write contract.
-- Locks: RowExclusiveLock on the lifecycle tables, taken inside fn_iu_create.
-- MATERIALIZED, so that the function runs exactly once per row whatever the planner would like.
WITH answered AS MATERIALIZED (
  SELECT r.ordinal, public.fn_iu_create(
    canonical_address => r.unit ->> 'canonical_address',
    title => r.unit ->> 'title',
    body => r.unit ->> 'body',
    actor => r.unit ->> 'actor',
    unit_kind => r.unit ->> 'unit_kind',
    section_type => r.unit ->> 'section_type',
    publication_type => r.unit ->> 'publication_type',
    owner_ref => r.unit ->> 'owner_ref'
  ) AS answer
  FROM pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) WITH ORDINALITY AS r(unit, ordinal)
)
SELECT a.ordinal, a.answer ->> 'status' AS status, a.answer ->> 'information_unit_id' AS information_unit_id,
  a.answer ->> 'unit_version_id' AS unit_version_id, a.answer ->> 'errors' AS errors
FROM answered AS a
ORDER BY a.ordinal

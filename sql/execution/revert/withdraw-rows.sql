-- Purpose: withdraw the units of one part of a change set, in one statement, through fn_iu_withdraw.
-- search_path must be pinned. Only where the database has fn_iu_withdraw.
-- Parameters: $1 uuid, the change set; $2 and $3 int, the ordinals from (exclusive) and to (inclusive); $4 the actor.
-- Locks: ROW EXCLUSIVE on the lifecycle tables and the units' rows, taken inside fn_iu_withdraw.
-- Answers a row for each that is not `withdrawn`, and one with the number of those that are.
WITH answered AS MATERIALIZED (
  SELECT r.ordinal, public.fn_iu_withdraw(information_unit_id => r.information_unit_id, actor => $4) AS answer
  FROM cutter_governance.cut_change_set_affected_row AS r
  WHERE r.change_set_id = $1::uuid AND r.ordinal > $2::int AND r.ordinal <= $3::int
)
SELECT NULL AS ordinal, 'withdrawn' AS status, count(*)::text AS detail
FROM answered AS a WHERE a.answer ->> 'status' = 'withdrawn'
UNION ALL
SELECT a.ordinal, a.answer ->> 'status', a.answer ->> 'errors'
FROM answered AS a WHERE a.answer ->> 'status' IS DISTINCT FROM 'withdrawn'

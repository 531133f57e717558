-- Purpose: the holds that stand in the ledger: runs that are held, and hold decisions that are not cleared.
-- search_path must be pinned.
-- Parameters: $1 text, the run whose own holds are left out, since it is being taken back; null: none is. At most 20
--   rows.
-- Locks: ACCESS SHARE on two governance tables. The first statement of each transaction that writes, but for
-- cutter_verify's.
-- A clear takes away one hold of its run, and none that began after it. Times alone would not do: they are those of the
-- transactions' starts, and a hold that is committed late would be cleared by whoever never saw it.
SELECT run.run_id, 'its state is HELD' AS reason
FROM cutter_governance.run AS run WHERE run.state = 'HELD' AND run.run_id IS DISTINCT FROM $1::text
UNION ALL
SELECT d.run_id, pg_catalog.string_agg(d.reason, '; ' ORDER BY d.created_at) FILTER (WHERE d.decision = 'hold')
FROM cutter_governance.review_decision AS d
WHERE d.decision IN ('hold', 'hold_cleared') AND d.run_id IS DISTINCT FROM $1::text
GROUP BY d.run_id
HAVING count(*) FILTER (WHERE d.decision = 'hold') > count(*) FILTER (WHERE d.decision = 'hold_cleared')
  OR max(d.created_at) FILTER (WHERE d.decision = 'hold') > max(d.created_at) FILTER (WHERE d.decision = 'hold_cleared')
LIMIT 20

-- Purpose: the holds that stand in the ledger: runs that are held, and hold decisions that no later one clears.
-- search_path must be pinned.
-- Parameters: $1 text, the run whose own holds are left out, since it is being taken back; null: none is. At most 20
--   rows.
-- Locks: ACCESS SHARE on two governance tables. The first statement of each transaction that writes, but for
-- cutter_verify's.
SELECT run.run_id, 'its state is HELD' AS reason
FROM cutter_governance.run AS run WHERE run.state = 'HELD' AND run.run_id IS DISTINCT FROM $1::text
UNION ALL
SELECT held.run_id, held.reason FROM cutter_governance.review_decision AS held
WHERE held.decision = 'hold' AND held.run_id IS DISTINCT FROM $1::text AND NOT EXISTS (
  SELECT FROM cutter_governance.review_decision AS cleared
  WHERE cleared.decision = 'hold_cleared'
    AND cleared.run_id = held.run_id
    AND cleared.created_at >= held.created_at)
LIMIT 20

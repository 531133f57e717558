-- Purpose: the holds that stand in the ledger: runs that are held, and hold decisions that no later one clears.
-- search_path must be pinned.
-- Parameters: none. At most 20 rows.
-- Locks: ACCESS SHARE on two governance tables. The first statement of each transaction that writes as cutter_exec.
SELECT run.run_id, 'its state is HELD' AS reason
FROM cutter_governance.run AS run WHERE run.state = 'HELD'
UNION ALL
SELECT held.run_id, held.reason FROM cutter_governance.review_decision AS held
WHERE held.decision = 'hold' AND NOT EXISTS (
  SELECT FROM cutter_governance.review_decision AS cleared
  WHERE cleared.decision = 'hold_cleared'
    AND cleared.run_id = held.run_id
    AND cleared.created_at >= held.created_at)
LIMIT 20

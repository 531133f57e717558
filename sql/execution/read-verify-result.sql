-- Purpose: what the last verification of a change set said.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set. One row, or none.
-- Locks: ACCESS SHARE on cutter_governance.verify_result.
SELECT r.attempt, r.result, r.checked FROM cutter_governance.verify_result AS r
WHERE r.change_set_id = $1::uuid ORDER BY r.attempt DESC LIMIT 1

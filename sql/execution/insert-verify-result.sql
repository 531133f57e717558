-- Purpose: what the verifying role found.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set; $2 attempt, $3 match or mismatch, $4 rows compared, $5 findings (JSON).
-- Locks: ROW EXCLUSIVE on cutter_governance.verify_result.
INSERT INTO cutter_governance.verify_result (change_set_id, attempt, result, checked, findings)
VALUES ($1::uuid, $2::int, $3, $4::int, $5::jsonb)

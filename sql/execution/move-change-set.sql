-- Purpose: the status of a change set, by compare-and-set. One row where it was so.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set; $2 status before, $3 status after.
-- Locks: ROW EXCLUSIVE on cutter_governance.cut_change_set, and the row.
UPDATE cutter_governance.cut_change_set AS s SET status = $3 WHERE s.id = $1::uuid AND s.status = $2
RETURNING s.status

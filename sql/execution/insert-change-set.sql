-- Purpose: the change set of a run; one row with its id.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 document id, $3 cutplan digest, $4 manifest digest, $5 row count.
-- Locks: ROW EXCLUSIVE on cutter_governance.cut_change_set.
INSERT INTO cutter_governance.cut_change_set (run_id, document_id, cutplan_sha256, manifest_sha256, row_count)
VALUES ($1, $2, $3, $4, $5::int)
RETURNING id::text AS id

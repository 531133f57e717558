-- Purpose: the run's row in the ledger, once; a second time nothing happens.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 document id, $3 mode, $4 state, $5 fence, $6 target as JSON, $7 cutplan digest.
-- Locks: ROW EXCLUSIVE on cutter_governance.run.
INSERT INTO cutter_governance.run (run_id, document_id, mode, state, fence, target, cutplan_sha256)
VALUES ($1, $2, $3, $4, $5::int8, $6::jsonb, $7)
ON CONFLICT (run_id) DO NOTHING

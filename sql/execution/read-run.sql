-- Purpose: where the ledger says a run stands.
-- search_path must be pinned.
-- Parameters: $1 run id. One row, or none.
-- Locks: ACCESS SHARE on cutter_governance.run.
SELECT run.state, run.fence, run.cutplan_sha256, run.document_id, run.target::text AS target
FROM cutter_governance.run AS run WHERE run.run_id = $1

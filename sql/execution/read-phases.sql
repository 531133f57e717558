-- Purpose: every attempt of every phase that the ledger has of a run, in the order in which they were written.
-- search_path must be pinned.
-- Parameters: $1 run id.
-- Locks: ACCESS SHARE on cutter_governance.run_phase.
SELECT p.phase, p.attempt, p.outcome, p.payload::text AS payload, p.payload_sha256
FROM cutter_governance.run_phase AS p
WHERE p.run_id = $1
ORDER BY p.created_at, p.phase, p.attempt

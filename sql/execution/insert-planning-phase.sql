-- Purpose: a phase that was done before anything was written, recorded beside the run; a second time nothing happens.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 phase, $3 attempt, $4 payload as canonical JSON, $5 its digest.
-- Locks: ROW EXCLUSIVE on cutter_governance.run_phase.
INSERT INTO cutter_governance.run_phase (run_id, phase, attempt, outcome, payload, payload_sha256)
VALUES ($1, $2, $3::int4, 'done', $4::jsonb, $5)
ON CONFLICT DO NOTHING

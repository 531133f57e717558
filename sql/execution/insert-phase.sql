-- Purpose: the row that decides whether a phase happened, in the transaction of its effect. Answers who wrote it.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 phase, $3 attempt, $4 outcome, $5 payload as canonical JSON, $6 its digest.
-- Locks: ROW EXCLUSIVE on cutter_governance.run_phase; waits for another transaction that wrote the same attempt.
INSERT INTO cutter_governance.run_phase (run_id, phase, attempt, outcome, payload, payload_sha256)
VALUES ($1, $2, $3::int4, $4, $5::jsonb, $6)
RETURNING xid::text AS xid, backend_pid

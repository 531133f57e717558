-- Purpose: the recorded phases of one run, in the order in which they were recorded.
-- Parameters: run_id.
-- Locks taken: SHARED while it reads.
SELECT p.run_id, p.phase, p.attempt, p.outcome, p.payload, p.payload_sha256, p.created_at, p.event_sequence
FROM run_phase AS p
WHERE p.run_id = $run_id
ORDER BY p.event_sequence

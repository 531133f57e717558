-- Purpose: the recorded phases of all runs, in the order in which they were recorded.
-- Parameters: none.
-- Locks taken: SHARED while it reads.
SELECT p.run_id, p.phase, p.attempt, p.outcome, p.payload, p.payload_sha256, p.created_at, p.event_sequence
FROM run_phase AS p
ORDER BY p.event_sequence

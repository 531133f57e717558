-- Purpose: the events of one run, in order.
-- Parameters: run_id.
-- Locks taken: SHARED while it reads.
SELECT e.sequence, e.run_id, e.at, e.kind, e.data, e.previous_sha256, e.run_previous_sha256, e.sha256
FROM event AS e
WHERE e.run_id = $run_id
ORDER BY e.sequence

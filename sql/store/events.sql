-- Purpose: all events, in the order of the chain.
-- Parameters: none.
-- Locks taken: SHARED while it reads.
SELECT e.sequence, e.run_id, e.at, e.kind, e.data, e.previous_sha256, e.run_previous_sha256, e.sha256
FROM event AS e
ORDER BY e.sequence

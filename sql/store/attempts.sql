-- Purpose: what is recorded of one phase of a run: the highest attempt; 0 for none.
-- Parameters: run_id, phase.
-- Locks taken: SHARED while it reads, or the caller's transaction's.
SELECT coalesce(max(p.attempt), 0) AS highest
FROM run_phase AS p
WHERE p.run_id = $run_id AND p.phase = $phase

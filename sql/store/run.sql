-- Purpose: one run.
-- Parameters: run_id.
-- Locks taken: SHARED while it reads.
SELECT r.* FROM run AS r WHERE r.run_id = $run_id

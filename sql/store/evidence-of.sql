-- Purpose: what is known of the evidence of one run or dry run.
-- Parameters: :folder its name.
-- Locks taken: SHARED while it reads.
SELECT e.sequence, e.folder, e.step, e.sums_sha256, e.at, e.previous_sha256, e.sha256
FROM evidence AS e WHERE e.folder = :folder ORDER BY e.sequence

-- Purpose: the whole chain of evidence digests, in order.
-- Parameters: none.
-- Locks taken: SHARED while it reads.
SELECT e.sequence, e.folder, e.step, e.sums_sha256, e.at, e.previous_sha256, e.sha256
FROM evidence AS e ORDER BY e.sequence

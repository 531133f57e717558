-- Purpose: the end of the chain of evidence digests.
-- Parameters: none. One row, or none.
-- Locks taken: SHARED while it reads.
SELECT e.sequence, e.sha256 FROM evidence AS e ORDER BY e.sequence DESC LIMIT 1

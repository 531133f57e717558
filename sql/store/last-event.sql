-- Purpose: the end of the chain.
-- Parameters: none.
-- Locks taken: SHARED while it reads, or the caller's transaction's.
SELECT e.sequence, e.sha256 FROM event AS e ORDER BY e.sequence DESC LIMIT 1

-- Purpose: the next event of the chain; a trigger refuses one that does not follow the last.
-- Parameters: each column by its name.
-- Locks taken: RESERVED, held by the caller's transaction.
INSERT INTO event (sequence, run_id, at, kind, data, previous_sha256, run_previous_sha256, sha256)
VALUES ($sequence, $run_id, $at, $kind, $data, $previous_sha256, $run_previous_sha256, $sha256)

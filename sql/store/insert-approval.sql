-- Purpose: an approval that a run has used.
-- Parameters: each column by its name.
-- Locks taken: RESERVED, held by the caller's transaction.
INSERT INTO approval (approval_id, run_id, gate, document_sha256, cutplan_sha256, consumed_at, event_sequence)
VALUES ($approval_id, $run_id, $gate, $document_sha256, $cutplan_sha256, $consumed_at, $event_sequence)

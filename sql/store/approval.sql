-- Purpose: the consumed approval of that name.
-- Parameters: approval_id.
-- Locks taken: SHARED while it reads, or the caller's transaction's.
SELECT a.approval_id, a.run_id, a.gate, a.document_sha256, a.cutplan_sha256, a.consumed_at, a.event_sequence
FROM approval AS a
WHERE a.approval_id = $approval_id

-- Purpose: all consumed approvals.
-- Parameters: none.
-- Locks taken: SHARED while it reads.
SELECT a.approval_id, a.run_id, a.gate, a.document_sha256, a.cutplan_sha256, a.consumed_at, a.event_sequence
FROM approval AS a
ORDER BY a.event_sequence

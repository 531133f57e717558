-- Purpose: the runs of a document, of a session, or all, oldest first.
-- Parameters: document_id and session_id; null asks for any.
-- Locks taken: SHARED while it reads.
SELECT r.* FROM run AS r
WHERE ($document_id IS NULL OR r.document_id = $document_id) AND ($session_id IS NULL OR r.session_id = $session_id)
ORDER BY r.created_at, r.run_id

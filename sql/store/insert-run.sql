-- Purpose: the row of a new run.
-- Parameters: each column by its name.
-- Locks taken: RESERVED, held by the caller's transaction.
INSERT INTO run (
  run_id, session_id, document_id, mode, state, stop_code, stop_message, fence, open_phase, open_attempt, target,
  source_sha256, source_version_id, manifest_sha256, cutplan_sha256, created_at, updated_at, event_sequence,
  event_sha256)
VALUES (
  $run_id, $session_id, $document_id, $mode, $state, $stop_code, $stop_message, $fence, $open_phase, $open_attempt,
  $target, $source_sha256, $source_version_id, $manifest_sha256, $cutplan_sha256, $created_at, $updated_at,
  $event_sequence, $event_sha256)

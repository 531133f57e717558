-- Purpose: moves a run from what it was, state and fence, to what it is now.
-- Parameters: run_id; from_state and from_fence, as they were read; each column that changes by its name.
-- Locks taken: RESERVED, held by the caller's transaction.
UPDATE run SET
  state = $state, stop_code = $stop_code, stop_message = $stop_message, fence = $fence, open_phase = $open_phase,
  open_attempt = $open_attempt, manifest_sha256 = $manifest_sha256, cutplan_sha256 = $cutplan_sha256,
  updated_at = $updated_at, event_sequence = $event_sequence, event_sha256 = $event_sha256
WHERE run_id = $run_id AND state = $from_state AND fence = $from_fence

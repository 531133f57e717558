-- Purpose: how an attempt of a phase ended; an index refuses a second that is done.
-- Parameters: each column by its name.
-- Locks taken: RESERVED, held by the caller's transaction.
INSERT INTO run_phase (run_id, phase, attempt, outcome, payload, payload_sha256, created_at, event_sequence)
VALUES ($run_id, $phase, $attempt, $outcome, $payload, $payload_sha256, $created_at, $event_sequence)

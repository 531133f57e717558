-- Purpose: how an attempt of a phase ended, once it is known that it has.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 phase, $3 attempt. One row, or none.
-- Locks: ACCESS SHARE on cutter_governance.run_phase.
SELECT p.outcome, p.payload::text AS payload, p.payload_sha256
FROM cutter_governance.run_phase AS p
WHERE p.run_id = $1 AND p.phase = $2
  AND p.attempt = $3::int4

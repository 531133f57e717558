-- Purpose: what a run has consumed at a gate, and whether it still holds by the server's clock.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 gate.
-- Locks: ACCESS SHARE on cutter_governance.approval_grant.
SELECT g.approval_id, g.document_sha256, g.expires_at::text AS expires_at,
  g.expires_at > clock_timestamp() AS in_time
FROM cutter_governance.approval_grant AS g WHERE g.run_id = $1 AND g.gate = $2

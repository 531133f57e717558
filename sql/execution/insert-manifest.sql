-- Purpose: a manifest, once. One row where it is new; none where it was there, with its blocks.
-- search_path must be pinned.
-- Parameters: $1 manifest digest, $2 source version id, $3 profile, $4 its version, $5 unit count.
-- Locks: ROW EXCLUSIVE on cutter_governance.manifest_envelope; waits for another transaction that writes the same.
INSERT INTO cutter_governance.manifest_envelope
  (manifest_sha256, source_version_id, profile, profile_version, unit_count)
VALUES ($1, $2, $3, $4, $5::int)
ON CONFLICT (manifest_sha256) DO NOTHING
RETURNING manifest_sha256

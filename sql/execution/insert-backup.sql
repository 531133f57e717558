-- Purpose: a backup that was made and read back in full.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 file name, $3 digest of the encrypted file, $4 digest of the dump, $5 key fingerprint,
--   $6 row counts at its snapshot as JSON, $7 what reading it back said.
-- Locks: ROW EXCLUSIVE on cutter_governance.backup_artifact.
INSERT INTO cutter_governance.backup_artifact
  (run_id, file_name, cipher_sha256, plain_sha256, key_fingerprint, snapshot_counts, read_back)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)

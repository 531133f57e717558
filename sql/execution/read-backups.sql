-- Purpose: the backups of a run that were read back; the last one first.
-- search_path must be pinned.
-- Parameters: $1 run id.
-- Locks: ACCESS SHARE on cutter_governance.backup_artifact.
SELECT b.file_name, b.cipher_sha256, b.key_fingerprint, b.read_back
FROM cutter_governance.backup_artifact AS b WHERE b.run_id = $1 ORDER BY b.created_at DESC

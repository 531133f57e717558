-- Purpose: all backups that the ledger knows, as the phase that made each recorded it, with the database of its run;
-- the last one first. Read from run_phase, which the verifying role may read too.
-- Parameters: none. Locks: ACCESS SHARE on run and run_phase of cutter_governance.
SELECT p.run_id, r.target::pg_catalog.text AS target,
  p.payload OPERATOR(pg_catalog.->>) 'file_name' AS file_name,
  p.payload OPERATOR(pg_catalog.->>) 'cipher_sha256' AS cipher_sha256,
  p.payload OPERATOR(pg_catalog.->>) 'plain_sha256' AS plain_sha256,
  p.payload OPERATOR(pg_catalog.->>) 'manifest_sha256' AS manifest_sha256,
  p.payload OPERATOR(pg_catalog.->>) 'key_fingerprint' AS key_fingerprint,
  (p.payload OPERATOR(pg_catalog.->) 'snapshot_counts')::pg_catalog.text AS snapshot_counts
FROM cutter_governance.run_phase AS p
JOIN cutter_governance.run AS r ON r.run_id OPERATOR(pg_catalog.=) p.run_id
WHERE p.phase OPERATOR(pg_catalog.=) 'pre_write_backup' AND p.outcome OPERATOR(pg_catalog.=) 'done'
  AND p.payload OPERATOR(pg_catalog.->>) 'file_name' IS NOT NULL
ORDER BY p.created_at DESC

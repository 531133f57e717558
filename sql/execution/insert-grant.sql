-- Purpose: an approval is consumed: once, in the transaction of the first thing that it authorises.
-- search_path must be pinned.
-- Parameters: $1 approval id, $2 run id, $3 gate, $4 text[] authorities, $5 digest of the document, $6 text[] key
--   fingerprints, $7 when it expires.
-- Locks: ROW EXCLUSIVE on cutter_governance.approval_grant. A second use is a unique violation (23505). No row where it
-- has ended by the server's clock, whatever the clock of the client says.
INSERT INTO cutter_governance.approval_grant
  (approval_id, run_id, gate, authority, document_sha256, key_fingerprint, expires_at)
SELECT $1, $2, $3, $4::text[], $5, $6::text[], $7::timestamptz WHERE $7::timestamptz > clock_timestamp()

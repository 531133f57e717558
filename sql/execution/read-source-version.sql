-- Purpose: a source version as the ledger has it.
-- search_path must be pinned.
-- Parameters: $1 source version id. One row, or none.
-- Locks: ACCESS SHARE on cutter_governance.source_version.
SELECT s.document_id, s.source_sha256, s.bytes FROM cutter_governance.source_version AS s
WHERE s.source_version_id = $1

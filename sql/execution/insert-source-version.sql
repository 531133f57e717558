-- Purpose: the source of a cut, once: the same for every run of one document under one contract.
-- search_path must be pinned.
-- Parameters: $1 source version id, $2 document id, $3 digest, $4 bytes, $5 media type.
-- Locks: ROW EXCLUSIVE on cutter_governance.source_version; waits for another transaction that writes the same.
INSERT INTO cutter_governance.source_version (source_version_id, document_id, source_sha256, bytes, media_type)
VALUES ($1, $2, $3, $4::bigint, $5)
ON CONFLICT (source_version_id) DO NOTHING

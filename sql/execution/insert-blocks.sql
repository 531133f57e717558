-- Purpose: many units of a manifest in one statement.
-- search_path must be pinned.
-- Parameters: $1 manifest digest, $2 json, an array of units.
-- Locks: ROW EXCLUSIVE on cutter_governance.manifest_unit_block.
INSERT INTO cutter_governance.manifest_unit_block
  (manifest_sha256, ordinal, canonical_address, byte_start, byte_end, content_sha256)
SELECT $1, b.ordinal, b.address, b.byte_start, b.byte_end, b.content_sha256
FROM json_to_recordset($2::json) AS b (
  ordinal int, address text, byte_start bigint, byte_end bigint, content_sha256 text)

-- Purpose: a part of a manifest's units as the ledger has them, in order.
-- search_path must be pinned.
-- Parameters: $1 manifest digest, $2 int, the ordinal after which, $3 int, at most how many.
-- Locks: ACCESS SHARE on cutter_governance.manifest_unit_block.
SELECT b.ordinal, b.canonical_address, b.byte_start, b.byte_end, b.content_sha256
FROM cutter_governance.manifest_unit_block AS b
WHERE b.manifest_sha256 = $1 AND b.ordinal > $2::int
ORDER BY b.ordinal
LIMIT $3::int

-- Purpose: the signatures of a change set.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set.
-- Locks: ACCESS SHARE on cutter_governance.dot_pair_signature.
SELECT s.leg, s.payload_sha256, s.algorithm, s.key_fingerprint, s.signature
FROM cutter_governance.dot_pair_signature AS s WHERE s.change_set_id = $1::uuid ORDER BY s.leg

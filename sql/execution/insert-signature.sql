-- Purpose: the signature of one leg over a change set.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set; $2 leg, $3 digest that is signed, $4 key fingerprint, $5 signature in base64.
-- Locks: ROW EXCLUSIVE on cutter_governance.dot_pair_signature. A second one of a leg is a unique violation (23505).
INSERT INTO cutter_governance.dot_pair_signature
  (change_set_id, leg, payload_sha256, algorithm, key_fingerprint, signature)
VALUES ($1::uuid, $2, $3, 'ed25519', $4, $5)

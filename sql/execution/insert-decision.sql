-- Purpose: a decision of a person, appended.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set (null for a hold), $2 run id, $3 decision, $4 gate, $5 authority, $6 digest of
--   the signed document, $7 signature, $8 reason, $9 related run.
-- Locks: ROW EXCLUSIVE on cutter_governance.review_decision.
INSERT INTO cutter_governance.review_decision
  (change_set_id, run_id, decision, gate, authority, document_sha256, signature, reason, related_run_id)
VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9)

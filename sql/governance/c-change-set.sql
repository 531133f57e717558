-- Governance 3 of 4: what a run wrote, what was found when it was read again, what was decided and signed.
-- Parameters: none. Locks: creates tables only. One DO block, so that a second application fails and changes nothing.
-- No foreign key leads to the lifecycle tables: a hard revert deletes drafts, and the ledger of them stays. None leads
-- from a decision to its run: a hold or a rejection may concern a run that never reached the database.
DO $bundle$
DECLARE
  relation regclass;
BEGIN
  CREATE TABLE cutter_governance.cut_change_set (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id text NOT NULL UNIQUE REFERENCES cutter_governance.run (run_id),
    document_id text NOT NULL CHECK (document_id <> ''),
    cutplan_sha256 text NOT NULL CHECK (cutplan_sha256 ~ '^[0-9a-f]{64}$'),
    manifest_sha256 text NOT NULL CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    row_count integer NOT NULL CHECK (row_count >= 1),
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'recorded', 'enacted', 'reverted')),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user
  );
  COMMENT ON TABLE cutter_governance.cut_change_set IS
    'Ties one run to every row it wrote; written by leg A in the transaction of the rows';
  COMMENT ON COLUMN cutter_governance.cut_change_set.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.cut_change_set.run_id IS 'The run; it has one change set at most';
  COMMENT ON COLUMN cutter_governance.cut_change_set.document_id IS 'The document that was cut';
  COMMENT ON COLUMN cutter_governance.cut_change_set.cutplan_sha256 IS 'Digest of the plan that was carried out';
  COMMENT ON COLUMN cutter_governance.cut_change_set.manifest_sha256 IS 'The manifest; leg B records it afterwards';
  COMMENT ON COLUMN cutter_governance.cut_change_set.row_count IS 'Number of affected rows: those of the cutplan';
  COMMENT ON COLUMN cutter_governance.cut_change_set.status IS
    'draft, recorded, enacted or reverted; whether it is verified is what verify_result says';

  CREATE TABLE cutter_governance.cut_change_set_affected_row (
    change_set_id uuid NOT NULL REFERENCES cutter_governance.cut_change_set (id),
    ordinal integer NOT NULL CHECK (ordinal >= 1),
    information_unit_id uuid NOT NULL,
    unit_version_id uuid NOT NULL UNIQUE,
    canonical_address text NOT NULL CHECK (canonical_address <> ''),
    -- As ~ '^[0-9a-f]{64}$', nine times as fast: it is asked of every row of a cut.
    content_sha256 text NOT NULL CHECK (
      length(content_sha256) = 64 AND encode(decode(content_sha256, 'hex'), 'hex') = content_sha256),
    action text NOT NULL CHECK (action IN ('create', 'revise')),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (change_set_id, ordinal),
    UNIQUE (change_set_id, information_unit_id)
  );
  COMMENT ON TABLE cutter_governance.cut_change_set_affected_row IS 'One row per unit that a change set wrote';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.change_set_id IS 'The change set';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.ordinal IS '1, 2, 3 ... as in the cutplan';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.information_unit_id IS 'The unit';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.unit_version_id IS 'The version that was written';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.canonical_address IS 'Address of the unit';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.content_sha256 IS 'Digest of the body';
  COMMENT ON COLUMN cutter_governance.cut_change_set_affected_row.action IS 'create or revise';

  CREATE TABLE cutter_governance.verify_result (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    change_set_id uuid NOT NULL REFERENCES cutter_governance.cut_change_set (id),
    attempt integer NOT NULL CHECK (attempt >= 1),
    result text NOT NULL CHECK (result IN ('match', 'mismatch')),
    checked integer NOT NULL CHECK (checked >= 0),
    findings jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(findings) = 'array'),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    UNIQUE (change_set_id, attempt),
    CHECK ((result = 'match') = (findings = '[]'))
  );
  COMMENT ON TABLE cutter_governance.verify_result IS 'What the verifying role found when it read every row again';
  COMMENT ON COLUMN cutter_governance.verify_result.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.verify_result.change_set_id IS 'The change set';
  COMMENT ON COLUMN cutter_governance.verify_result.attempt IS '1, 2, 3 ...';
  COMMENT ON COLUMN cutter_governance.verify_result.result IS 'match or mismatch';
  COMMENT ON COLUMN cutter_governance.verify_result.checked IS 'Number of rows that were compared';
  COMMENT ON COLUMN cutter_governance.verify_result.findings IS 'Each difference; empty exactly if all match';

  CREATE TABLE cutter_governance.review_decision (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    change_set_id uuid REFERENCES cutter_governance.cut_change_set (id),
    run_id text NOT NULL CHECK (run_id <> ''),
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected', 'reverted', 'hold', 'hold_cleared')),
    gate text CHECK (gate IN ('SG1', 'SG2', 'REVERT', 'HARD_DELETE')),
    authority text,
    document_sha256 text CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    signature text,
    reason text,
    related_run_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    CHECK (decision NOT IN ('approved', 'rejected')
      OR (gate IS NOT NULL AND authority IS NOT NULL AND document_sha256 IS NOT NULL)),
    CHECK (decision NOT IN ('approved', 'reverted') OR signature IS NOT NULL),
    CHECK (decision <> 'reverted' OR (change_set_id IS NOT NULL AND related_run_id IS NOT NULL)),
    CHECK (decision NOT IN ('hold', 'hold_cleared') OR (change_set_id IS NULL AND reason IS NOT NULL))
  );
  CREATE INDEX review_decision_run ON cutter_governance.review_decision (run_id);
  COMMENT ON TABLE cutter_governance.review_decision IS
    'Approvals, rejections, compensating decisions and holds; each hold_cleared clears one earlier hold of its run';
  COMMENT ON COLUMN cutter_governance.review_decision.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.review_decision.change_set_id IS 'What it is about; null for a hold';
  COMMENT ON COLUMN cutter_governance.review_decision.run_id IS 'The run that it is about';
  COMMENT ON COLUMN cutter_governance.review_decision.decision IS
    'approved, rejected, reverted, hold or hold_cleared';
  COMMENT ON COLUMN cutter_governance.review_decision.gate IS 'The gate that it opens or keeps shut';
  COMMENT ON COLUMN cutter_governance.review_decision.authority IS 'Who decided';
  COMMENT ON COLUMN cutter_governance.review_decision.document_sha256 IS 'Digest of the exact bytes that were signed';
  COMMENT ON COLUMN cutter_governance.review_decision.signature IS 'Over these bytes';
  COMMENT ON COLUMN cutter_governance.review_decision.reason IS 'In the words of who decided';
  COMMENT ON COLUMN cutter_governance.review_decision.related_run_id IS 'The run that compensates, for reverted';

  CREATE TABLE cutter_governance.dot_pair_signature (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    change_set_id uuid NOT NULL REFERENCES cutter_governance.cut_change_set (id),
    leg text NOT NULL CHECK (leg IN ('exec', 'verify')),
    payload_sha256 text NOT NULL CHECK (payload_sha256 ~ '^[0-9a-f]{64}$'),
    algorithm text NOT NULL CHECK (algorithm = 'ed25519'),
    key_fingerprint text NOT NULL CHECK (key_fingerprint <> ''),
    signature text NOT NULL CHECK (signature <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    UNIQUE (change_set_id, leg)
  );
  COMMENT ON TABLE cutter_governance.dot_pair_signature IS
    'Signature of one leg over the change set: one by the executing role, one by the verifying role';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.change_set_id IS 'The change set';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.leg IS 'exec or verify';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.payload_sha256 IS 'Digest of the change set, which is signed';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.algorithm IS 'ed25519';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.key_fingerprint IS 'SHA256:<base64> of the public key';
  COMMENT ON COLUMN cutter_governance.dot_pair_signature.signature IS 'In base64';

  -- Two columns that every table has, and that mean the same everywhere.
  FOR relation IN SELECT oid FROM pg_class WHERE relnamespace = 'cutter_governance'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('COMMENT ON COLUMN %s.created_at IS ''Start of the transaction that wrote the row''', relation);
    EXECUTE format('COMMENT ON COLUMN %s.created_by IS ''The role that had logged in''', relation);
  END LOOP;
END
$bundle$;

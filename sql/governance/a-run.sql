-- Governance 1 of 4: the schema, and what a run is, did, was allowed and backed up.
-- Parameters: none. Locks: creates tables only. One DO block, so that a second application fails and changes nothing.
-- The ledger is append-only: UPDATE exists on run.state, run.fence and cut_change_set.status, DELETE nowhere.
DO $bundle$
BEGIN
  CREATE SCHEMA cutter_governance;
  -- The last words tell uninstall whether the lifecycle came with it (cutter.lifecycle is set by the installer).
  EXECUTE format('COMMENT ON SCHEMA cutter_governance IS %L',
    'The ledger of cutter: what was cut, by whom, on whose authority; lifecycle tables: '
    || coalesce(nullif(current_setting('cutter.lifecycle', true), ''), 'kept'));

  CREATE TABLE cutter_governance.run (
    run_id text PRIMARY KEY CHECK (run_id <> ''),
    document_id text NOT NULL CHECK (document_id <> ''),
    mode text NOT NULL CHECK (mode IN ('dryrun', 'rehearsal', 'live')),
    state text NOT NULL CHECK (state IN (
      'SURVEYED', 'MANIFESTED', 'PLANNED', 'AWAITING_CUT_AUTHORIZATION', 'BACKED_UP', 'CUT', 'RECORDED', 'VERIFIED',
      'AWAITING_LIFECYCLE_AUTHORIZATION', 'ENACTED', 'CLOSEOUT_REPORTED', 'STOPPED', 'HELD', 'REVERTED')),
    fence bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    target jsonb NOT NULL CHECK (jsonb_typeof(target) = 'object'),
    cutplan_sha256 text CHECK (cutplan_sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user
  );
  COMMENT ON TABLE cutter_governance.run IS 'One orchestrator run';
  COMMENT ON COLUMN cutter_governance.run.run_id IS 'ictr-<UTC second>-<8 hex digits>';
  COMMENT ON COLUMN cutter_governance.run.document_id IS 'First segment of the canonical addresses that it cuts';
  COMMENT ON COLUMN cutter_governance.run.mode IS 'dryrun, rehearsal or live';
  COMMENT ON COLUMN cutter_governance.run.state IS 'Where the run stands; moved by compare-and-set only';
  COMMENT ON COLUMN cutter_governance.run.fence IS 'Rises with each owner, so that a paused former owner cannot write';
  COMMENT ON COLUMN cutter_governance.run.target IS 'Identity of the database: system identifier, timeline, name';
  COMMENT ON COLUMN cutter_governance.run.cutplan_sha256 IS 'Digest of the plan; null until there is one';

  CREATE TABLE cutter_governance.run_phase (
    run_id text NOT NULL REFERENCES cutter_governance.run (run_id),
    phase text NOT NULL CHECK (phase IN (
      'survey', 'manifest', 'cutplan', 'pre_write_backup', 'cut_leg_a', 'leg_b_record', 'write_verify',
      'lifecycle_enact', 'closeout', 'compensate')),
    attempt integer NOT NULL CHECK (attempt >= 1),
    outcome text NOT NULL CHECK (outcome IN ('done', 'void', 'mismatch')),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    backend_pid integer NOT NULL DEFAULT pg_backend_pid(),
    payload jsonb,
    payload_sha256 text CHECK (payload_sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (run_id, phase, attempt),
    CHECK (outcome = 'void' OR (payload IS NOT NULL AND payload_sha256 IS NOT NULL))
  );
  CREATE UNIQUE INDEX run_phase_done_once ON cutter_governance.run_phase (run_id, phase) WHERE outcome = 'done';
  COMMENT ON TABLE cutter_governance.run_phase IS
    'One row per attempt of a phase, in the transaction of its effect: the row decides whether the phase happened';
  COMMENT ON INDEX cutter_governance.run_phase_done_once IS 'A phase of a run is done at most once';
  COMMENT ON COLUMN cutter_governance.run_phase.run_id IS 'The run';
  COMMENT ON COLUMN cutter_governance.run_phase.phase IS 'Name of the phase';
  COMMENT ON COLUMN cutter_governance.run_phase.attempt IS '1, 2, 3 ...';
  COMMENT ON COLUMN cutter_governance.run_phase.outcome IS
    'done; void: a tombstone, this attempt never will; mismatch: the verification found a difference';
  COMMENT ON COLUMN cutter_governance.run_phase.xid IS 'Transaction that wrote the row';
  COMMENT ON COLUMN cutter_governance.run_phase.backend_pid IS 'Server process that wrote the row';
  COMMENT ON COLUMN cutter_governance.run_phase.payload IS 'What the phase produced; null for a tombstone';
  COMMENT ON COLUMN cutter_governance.run_phase.payload_sha256 IS 'Digest of the payload in canonical JSON';

  CREATE TABLE cutter_governance.approval_grant (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    approval_id text NOT NULL UNIQUE CHECK (approval_id <> ''),
    run_id text NOT NULL REFERENCES cutter_governance.run (run_id),
    gate text NOT NULL CHECK (gate IN ('SG1', 'SG2', 'REVERT', 'HARD_DELETE')),
    authority text[] NOT NULL CHECK (cardinality(authority) >= 1),
    document_sha256 text NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    key_fingerprint text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    CHECK (cardinality(authority) = cardinality(key_fingerprint))
  );
  COMMENT ON TABLE cutter_governance.approval_grant IS
    'A consumed approval, inserted in the transaction of the first thing it authorises; never updated';
  COMMENT ON COLUMN cutter_governance.approval_grant.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.approval_grant.approval_id IS 'Of the approval document; authorises once';
  COMMENT ON COLUMN cutter_governance.approval_grant.run_id IS 'The run that consumed it';
  COMMENT ON COLUMN cutter_governance.approval_grant.gate IS 'SG1, SG2, REVERT or HARD_DELETE';
  COMMENT ON COLUMN cutter_governance.approval_grant.authority IS 'Principals that signed';
  COMMENT ON COLUMN cutter_governance.approval_grant.document_sha256 IS 'Digest of the exact bytes that were signed';
  COMMENT ON COLUMN cutter_governance.approval_grant.key_fingerprint IS 'Keys that signed, in the order of authority';
  COMMENT ON COLUMN cutter_governance.approval_grant.expires_at IS 'After this it authorises nothing more';

  CREATE TABLE cutter_governance.backup_artifact (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run_id text NOT NULL REFERENCES cutter_governance.run (run_id),
    file_name text NOT NULL CHECK (file_name <> '' AND file_name !~ '/'),
    cipher_sha256 text NOT NULL CHECK (cipher_sha256 ~ '^[0-9a-f]{64}$'),
    plain_sha256 text NOT NULL CHECK (plain_sha256 ~ '^[0-9a-f]{64}$'),
    key_fingerprint text NOT NULL CHECK (key_fingerprint ~ '^[0-9A-F]{40}$'),
    snapshot_counts jsonb NOT NULL CHECK (jsonb_typeof(snapshot_counts) = 'object'),
    read_back text NOT NULL CHECK (read_back <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user
  );
  CREATE INDEX backup_artifact_run ON cutter_governance.backup_artifact (run_id);
  COMMENT ON TABLE cutter_governance.backup_artifact IS 'One backup, inserted only after it was read back';
  COMMENT ON COLUMN cutter_governance.backup_artifact.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.backup_artifact.run_id IS 'The run that it was taken for';
  COMMENT ON COLUMN cutter_governance.backup_artifact.file_name IS 'Name within the backup directory';
  COMMENT ON COLUMN cutter_governance.backup_artifact.cipher_sha256 IS 'Digest of the encrypted file';
  COMMENT ON COLUMN cutter_governance.backup_artifact.plain_sha256 IS 'Digest of the dump before encryption';
  COMMENT ON COLUMN cutter_governance.backup_artifact.key_fingerprint IS 'Key that it is encrypted for, 40 hex digits';
  COMMENT ON COLUMN cutter_governance.backup_artifact.snapshot_counts IS 'Rows per relation in the dump''s snapshot';
  COMMENT ON COLUMN cutter_governance.backup_artifact.read_back IS 'How it was read back, and what that said';
END
$bundle$;

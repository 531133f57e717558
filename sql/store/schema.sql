-- Purpose: the run store (SQLite), less evidence.sql: runs, phases, the approvals they used, the chain of events.
-- Parameters: none.
-- Locks taken: none; it runs on a database in memory, whose bytes become the file.
-- A text like this one is kept in sqlite_schema, comments inside the statements included, and compared when opened.
-- json_type() of what is no JSON is an error, which a check of the file must not end in; json_valid() answers.
-- The words of the CHECKs are those of src/flow and src/orchestrator/store; a test compares them.
CREATE TABLE run (
  run_id text NOT NULL PRIMARY KEY CHECK (run_id <> ''),
  -- Runs of one command, such as a dry run and its second run; null where a run stands alone.
  session_id text CHECK (session_id <> ''),
  document_id text NOT NULL CHECK (document_id <> ''),
  mode text NOT NULL CHECK (mode IN ('dryrun', 'rehearsal', 'live')),
  state text NOT NULL CHECK (state IN (
    'SURVEYED', 'MANIFESTED', 'PLANNED', 'AWAITING_CUT_AUTHORIZATION', 'BACKED_UP', 'CUT', 'RECORDED', 'VERIFIED',
    'AWAITING_LIFECYCLE_AUTHORIZATION', 'ENACTED', 'CLOSEOUT_REPORTED', 'STOPPED', 'HELD', 'REVERTED')),
  -- Why it does not go on by itself; gone with the next step.
  stop_code text CHECK (stop_code IN (
    'STOP_APPROVAL_REQUIRED', 'STOP_APPROVAL_INVALID', 'STOP_APPROVAL_EXPIRED', 'STOP_APPROVAL_REPLAYED',
    'STOP_KILL_SWITCH', 'STOP_HOLD', 'STOP_LOCKED', 'STOP_PLAN_DRIFT', 'STOP_TARGET_CHANGED', 'STOP_CUTPLAN_REFUSED',
    'STOP_BACKUP_REFUSED', 'STOP_PHASE_FAILED', 'STOP_VERIFY_MISMATCH', 'STOP_OUTCOME_UNKNOWN', 'STOP_INTERRUPTED')),
  stop_message text,
  -- Rises with each process that takes the run, so that a paused former owner cannot write.
  fence integer NOT NULL CHECK (fence >= 0),
  -- A phase that was begun and whose end nobody has recorded.
  open_phase text,
  open_attempt integer CHECK (open_attempt >= 1),
  target text NOT NULL CHECK (CASE WHEN json_valid(target) THEN json_type(target) = 'object' ELSE 0 END),
  source_sha256 text NOT NULL CHECK (length(source_sha256) = 64 AND source_sha256 NOT GLOB '*[^0-9a-f]*'),
  source_version_id text NOT NULL CHECK (source_version_id <> ''),
  manifest_sha256 text CHECK (length(manifest_sha256) = 64 AND manifest_sha256 NOT GLOB '*[^0-9a-f]*'),
  cutplan_sha256 text CHECK (length(cutplan_sha256) = 64 AND cutplan_sha256 NOT GLOB '*[^0-9a-f]*'),
  created_at text NOT NULL,
  updated_at text NOT NULL,
  -- The last event of this run: what is cut off the end of the chain is missed here.
  event_sequence integer NOT NULL,
  event_sha256 text NOT NULL,
  CHECK ((stop_code IS NULL) = (stop_message IS NULL)),
  CHECK ((open_phase IS NULL) = (open_attempt IS NULL))
) STRICT;

CREATE UNIQUE INDEX run_one_open_live ON run (document_id)
  WHERE mode = 'live' AND state NOT IN ('CLOSEOUT_REPORTED', 'STOPPED', 'REVERTED');

CREATE INDEX run_session ON run (session_id);

CREATE TRIGGER run_keeps_what_it_is BEFORE UPDATE ON run
  WHEN (NEW.run_id, NEW.document_id, NEW.mode, NEW.target, NEW.source_sha256, NEW.source_version_id, NEW.created_at)
    IS NOT (OLD.run_id, OLD.document_id, OLD.mode, OLD.target, OLD.source_sha256, OLD.source_version_id, OLD.created_at)
  OR NEW.session_id IS NOT OLD.session_id
  OR (OLD.manifest_sha256 IS NOT NULL AND NEW.manifest_sha256 IS NOT OLD.manifest_sha256)
  OR (OLD.cutplan_sha256 IS NOT NULL AND NEW.cutplan_sha256 IS NOT OLD.cutplan_sha256)
  OR NEW.fence < OLD.fence
  OR NEW.event_sequence <= OLD.event_sequence
  BEGIN SELECT RAISE(ABORT, 'what a run is does not change'); END;

CREATE TRIGGER run_stays BEFORE DELETE ON run
  BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;

CREATE TABLE run_phase (
  run_id text NOT NULL REFERENCES run (run_id),
  phase text NOT NULL CHECK (phase IN (
    'survey', 'manifest', 'cutplan', 'pre_write_backup', 'cut_leg_a', 'leg_b_record', 'write_verify',
    'lifecycle_enact', 'closeout', 'compensate')),
  attempt integer NOT NULL CHECK (attempt >= 1),
  outcome text NOT NULL CHECK (outcome IN ('done', 'void', 'mismatch')),
  payload text CHECK (json_valid(payload)),
  payload_sha256 text CHECK (length(payload_sha256) = 64 AND payload_sha256 NOT GLOB '*[^0-9a-f]*'),
  created_at text NOT NULL,
  -- The event that tells of it.
  event_sequence integer NOT NULL UNIQUE REFERENCES event (sequence),
  PRIMARY KEY (run_id, phase, attempt),
  CHECK ((payload IS NULL) = (payload_sha256 IS NULL)),
  CHECK (outcome = 'void' OR payload IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX run_phase_done_once ON run_phase (run_id, phase) WHERE outcome = 'done';

CREATE TRIGGER run_phase_is_not_changed BEFORE UPDATE ON run_phase
  BEGIN SELECT RAISE(ABORT, 'a recorded phase is not changed'); END;

CREATE TRIGGER run_phase_stays BEFORE DELETE ON run_phase
  BEGIN SELECT RAISE(ABORT, 'a recorded phase is never deleted'); END;

CREATE TABLE approval (
  approval_id text NOT NULL PRIMARY KEY CHECK (approval_id <> ''),
  run_id text NOT NULL REFERENCES run (run_id),
  gate text NOT NULL CHECK (gate IN ('SG1', 'SG2', 'REVERT', 'HARD_DELETE')),
  -- Of the exact bytes that were signed.
  document_sha256 text NOT NULL CHECK (length(document_sha256) = 64 AND document_sha256 NOT GLOB '*[^0-9a-f]*'),
  cutplan_sha256 text NOT NULL CHECK (length(cutplan_sha256) = 64 AND cutplan_sha256 NOT GLOB '*[^0-9a-f]*'),
  consumed_at text NOT NULL,
  event_sequence integer NOT NULL UNIQUE REFERENCES event (sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER approval_is_not_changed BEFORE UPDATE ON approval
  BEGIN SELECT RAISE(ABORT, 'a consumed approval is not changed'); END;

CREATE TRIGGER approval_stays BEFORE DELETE ON approval
  BEGIN SELECT RAISE(ABORT, 'a consumed approval is never deleted'); END;

CREATE TABLE event (
  sequence integer NOT NULL PRIMARY KEY,
  -- Deferred: the row of a new run names its first event, which comes first.
  run_id text NOT NULL REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED,
  at text NOT NULL,
  kind text NOT NULL CHECK (kind IN (
    'run-created', 'lock-acquired', 'phase-begun', 'phase-finished', 'moved', 'stopped', 'approval-consumed', 'noted')),
  data text NOT NULL CHECK (CASE WHEN json_valid(data) THEN json_type(data) = 'object' ELSE 0 END),
  -- Of the event before this one in the store, and in its run; 64 zeros at the beginning.
  previous_sha256 text NOT NULL CHECK (length(previous_sha256) = 64),
  run_previous_sha256 text NOT NULL CHECK (length(run_previous_sha256) = 64),
  -- Of the canonical JSON of all the rest.
  sha256 text NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*')
) STRICT;

CREATE INDEX event_run ON event (run_id, sequence);

CREATE TRIGGER event_follows_the_last BEFORE INSERT ON event
  WHEN NEW.sequence <> 1 + coalesce((SELECT max(e.sequence) FROM event AS e), 0)
  OR NEW.previous_sha256 <> coalesce(
    (SELECT e.sha256 FROM event AS e ORDER BY e.sequence DESC LIMIT 1),
    '0000000000000000000000000000000000000000000000000000000000000000')
  BEGIN SELECT RAISE(ABORT, 'an event follows the last one'); END;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'an event is not changed'); END;

CREATE TRIGGER event_stays BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

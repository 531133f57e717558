-- Purpose: the run store, version 2: the digest of every evidence folder that a run or a dry run leaves.
-- Parameters: none.
-- Locks taken: EXCLUSIVE where it is added to a store of version 1.
-- A chain of its own, since a dry run may leave evidence and have begun no run. Noted before the folder is written,
-- kept when it is there: a folder that is neither as it was noted nor missing was not written by this program.
CREATE TABLE evidence (
  sequence integer NOT NULL PRIMARY KEY,
  -- The run or the dry run whose folder it is.
  folder text NOT NULL CHECK (folder <> ''),
  step text NOT NULL CHECK (step IN ('noted', 'kept')),
  -- Of the SHA256SUMS in it.
  sums_sha256 text NOT NULL CHECK (length(sums_sha256) = 64 AND sums_sha256 NOT GLOB '*[^0-9a-f]*'),
  at text NOT NULL,
  -- Of the row before this one; 64 zeros at the beginning.
  previous_sha256 text NOT NULL CHECK (length(previous_sha256) = 64),
  -- Of the canonical JSON of all the rest.
  sha256 text NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  UNIQUE (folder, step)
) STRICT;

CREATE TRIGGER evidence_follows_the_last BEFORE INSERT ON evidence
  WHEN NEW.sequence <> 1 + coalesce((SELECT max(e.sequence) FROM evidence AS e), 0)
  OR NEW.previous_sha256 <> coalesce(
    (SELECT e.sha256 FROM evidence AS e ORDER BY e.sequence DESC LIMIT 1),
    '0000000000000000000000000000000000000000000000000000000000000000')
  BEGIN SELECT RAISE(ABORT, 'evidence follows the last one'); END;

CREATE TRIGGER evidence_is_kept_as_noted BEFORE INSERT ON evidence
  WHEN NEW.step = 'kept' AND NOT EXISTS (
    SELECT 1 FROM evidence AS e
    WHERE e.folder = NEW.folder AND e.step = 'noted' AND e.sums_sha256 = NEW.sums_sha256)
  BEGIN SELECT RAISE(ABORT, 'evidence is kept as it was noted'); END;

CREATE TRIGGER evidence_is_not_changed BEFORE UPDATE ON evidence
  BEGIN SELECT RAISE(ABORT, 'the digest of evidence is not changed'); END;

CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence
  BEGIN SELECT RAISE(ABORT, 'the digest of evidence is never deleted'); END;

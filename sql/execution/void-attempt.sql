-- Purpose: the tombstone of an attempt: it never happened and never will. A statement and a transaction of its own.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 phase, $3 attempt.
-- Locks: ROW EXCLUSIVE on cutter_governance.run_phase. Waits for the transaction that may have written the attempt: if
-- that one commits, this is a unique violation (23505); if it never will, this stands and a late one fails.
INSERT INTO cutter_governance.run_phase (run_id, phase, attempt, outcome)
VALUES ($1, $2, $3::int4, 'void')

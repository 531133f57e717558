-- Purpose: the run row for this phase: state moved by compare-and-set, and the fence raised. One row where it was so.
-- search_path must be pinned.
-- Parameters: $1 run id, $2 fence, $3 state after (null: as it is), $4 text[] the states that it may be in before.
-- Locks: ROW EXCLUSIVE on cutter_governance.run, and the row until the transaction ends: a second owner waits here.
UPDATE cutter_governance.run AS run
SET fence = $2::int8, state = coalesce($3::text, run.state)
WHERE run.run_id = $1
  AND run.fence <= $2::int8
  AND run.state = ANY ($4::text[])
RETURNING run.state

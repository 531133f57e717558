-- Purpose: the runs that are held, for a role that may not read decisions (cutter_verify).
-- search_path must be pinned.
-- Parameters: none. At most 20 rows.
-- Locks: ACCESS SHARE on cutter_governance.run.
SELECT run.run_id, 'its state is HELD' AS reason
FROM cutter_governance.run AS run WHERE run.state = 'HELD'
LIMIT 20

-- Purpose: the runs that the sandbox's own ledger has of its scenarios.
-- Parameters: $1 the moment since when, as timestamptz. Locks: ACCESS SHARE on cutter_governance.run.
SELECT r.run_id
FROM cutter_governance.run AS r
WHERE r.created_at OPERATOR(pg_catalog.>=) $1::pg_catalog.timestamptz
ORDER BY r.run_id

-- Purpose: which of these runs the ledger has: of the sandbox's own runs production may have none.
-- Parameters: $1 run ids, as text[]. Locks: ACCESS SHARE on cutter_governance.run.
SELECT r.run_id
FROM cutter_governance.run AS r
WHERE r.run_id OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
ORDER BY r.run_id

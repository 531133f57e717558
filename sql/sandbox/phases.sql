-- Purpose: the phases that the ledger has of the runs that began since a moment, in the order of its own times.
-- Parameters: $1 the moment, as timestamptz. Locks: ACCESS SHARE on cutter_governance.run_phase.
SELECT p.run_id, p.phase, p.attempt, p.outcome,
  pg_catalog.to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
FROM cutter_governance.run_phase AS p
WHERE p.created_at >= $1::pg_catalog.timestamptz
ORDER BY p.run_id, p.created_at, p.attempt

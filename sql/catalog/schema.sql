-- Purpose: the governance schema itself, where it is. Parameters: none. Locks: AccessShareLock on catalogs only.
SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS owner
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = 'cutter_governance'

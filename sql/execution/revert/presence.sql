-- Purpose: whether the database can withdraw a unit at all. One row.
-- Parameters: none. Locks: none.
SELECT pg_catalog.to_regprocedure('public.fn_iu_withdraw(uuid,text)') IS NOT NULL AS has_withdraw

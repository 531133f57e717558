-- expect: sealed
-- A SELECT that writes.
WITH gone AS (DELETE FROM world.entry RETURNING *) SELECT count(*) FROM gone;

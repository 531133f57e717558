-- expect: sealed
-- A materialised view.
REFRESH MATERIALIZED VIEW world.balances;

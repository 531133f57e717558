-- expect: refused SCRIPT_ESCAPES
-- Statistics thrown away.
SELECT pg_stat_reset();

-- expect: refused SCRIPT_ESCAPES
-- Makes the server read its files again.
SELECT pg_reload_conf();

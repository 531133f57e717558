-- expect: refused SCRIPT_ESCAPES
-- Cancels the work of all others.
SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid();

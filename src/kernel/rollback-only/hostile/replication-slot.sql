-- expect: refused SCRIPT_ESCAPES
-- A slot stays whatever happens.
SELECT pg_create_physical_replication_slot('leak');

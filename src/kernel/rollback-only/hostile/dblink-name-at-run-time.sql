-- expect: refused SCRIPT_ESCAPES
-- A name put together at run time: it cannot be seen, and this role could do harm with it.
DO $$ BEGIN EXECUTE 'SELECT db' || 'link_exec(''dbname=postgres'', ''CREATE TABLE leak ()'')'; END $$;

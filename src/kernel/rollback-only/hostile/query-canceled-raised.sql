-- expect: refused STATEMENT_FAILED
-- Raises query_canceled itself: nothing catches it, everything is aborted.
INSERT INTO world.audit (what) VALUES ('leak');
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'query_canceled'; END $$;

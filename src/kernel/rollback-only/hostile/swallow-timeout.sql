-- expect: refused WALL_CLOCK_EXCEEDED
-- timeout: 200
-- Swallows the statement timeout and our cancel for ever; our own clock ends the session.
INSERT INTO world.audit (what) VALUES ('leak');
DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(10); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;

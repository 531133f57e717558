-- expect: sealed
-- Tries COMMIT in a loop and swallows each refusal.
DO $$ BEGIN FOR i IN 1..5 LOOP INSERT INTO world.audit (what) VALUES ('leak'); BEGIN COMMIT; EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$;

-- expect: sealed
-- Hundreds of sub-transactions, half of them rolled back.
DO $$ BEGIN FOR i IN 1..200 LOOP BEGIN INSERT INTO world.audit (what) VALUES ('leak'); IF i % 2 = 0 THEN RAISE EXCEPTION 'back'; END IF; EXCEPTION WHEN raise_exception THEN NULL; END; END LOOP; END $$;

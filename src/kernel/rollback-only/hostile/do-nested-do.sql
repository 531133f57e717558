-- expect: sealed
-- A DO in a DO, with a COMMIT whose refusal is swallowed.
DO $a$ BEGIN EXECUTE 'DO $b$ BEGIN INSERT INTO world.audit (what) VALUES (1); COMMIT; EXCEPTION WHEN OTHERS THEN NULL; END $b$'; END $a$;

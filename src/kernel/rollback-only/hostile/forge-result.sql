-- expect: sealed
-- Finds our settings by their names and overwrites all of them, the result too.
INSERT INTO world.audit (what) VALUES ('leak');
DO $$ DECLARE s text; BEGIN FOR s IN SELECT name FROM pg_settings WHERE name LIKE 'cutter%' LOOP PERFORM set_config(s, '{}', true); PERFORM set_config(split_part(s, '.', 1) || '.result', '{"sealed":true,"counts":[0,0],"after":[]}', false); END LOOP; END $$;

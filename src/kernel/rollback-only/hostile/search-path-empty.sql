-- expect: sealed
-- No search_path at all.
SET search_path = '';
INSERT INTO world.audit (what) VALUES ('leak');

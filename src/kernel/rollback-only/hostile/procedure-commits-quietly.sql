-- expect: sealed
-- The procedure swallows the refusal of its COMMIT; the seal holds all the same.
CALL world.commits_quietly();
INSERT INTO world.audit (what) VALUES ('leak');

-- expect: sealed
-- SET SESSION AUTHORIZATION, to oneself.
SET SESSION AUTHORIZATION DEFAULT;
INSERT INTO world.audit (what) VALUES ('leak');

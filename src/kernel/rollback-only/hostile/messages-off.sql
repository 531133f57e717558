-- expect: sealed
-- No message reaches the client.
SET client_min_messages = error;
INSERT INTO world.audit (what) VALUES ('leak');

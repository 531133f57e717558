-- expect: sealed
-- A deferred trigger that writes at the very end.
INSERT INTO world.account (name) VALUES ('leak');

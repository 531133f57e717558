-- expect: sealed
-- READ ONLY as the last word.
INSERT INTO world.audit (what) VALUES ('leak');
SET transaction_read_only = on;

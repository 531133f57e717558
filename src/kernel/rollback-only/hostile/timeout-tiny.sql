-- expect: sealed
-- An idle limit of one millisecond, for the moment after the block.
SET idle_in_transaction_session_timeout = 1;
INSERT INTO world.audit (what) VALUES ('leak');

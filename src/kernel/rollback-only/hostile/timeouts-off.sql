-- expect: sealed
-- Takes all time limits off.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
INSERT INTO world.audit (what) VALUES ('leak');

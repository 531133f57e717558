-- expect: sealed
-- TRUNCATE with everything that refers to it, sequences restarted.
TRUNCATE world.account RESTART IDENTITY CASCADE;

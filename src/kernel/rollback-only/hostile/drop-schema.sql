-- expect: sealed
-- DROP SCHEMA CASCADE.
DROP SCHEMA world CASCADE;

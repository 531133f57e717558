-- expect: sealed
-- Rights given and taken, defaults too.
GRANT ALL ON ALL TABLES IN SCHEMA world TO PUBLIC;
REVOKE ALL ON world.audit FROM hostile_guest;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;

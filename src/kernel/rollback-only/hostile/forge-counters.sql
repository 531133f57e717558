-- expect: sealed
-- Temporary tables by the names of the catalogs that we read.
CREATE TEMP TABLE pg_locks (pid int);
CREATE TEMP TABLE pg_class (oid oid);
CREATE TEMP TABLE pg_settings (name text);
INSERT INTO world.audit (what) VALUES ('leak');

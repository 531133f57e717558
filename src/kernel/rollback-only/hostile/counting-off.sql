-- expect: refused SCRIPT_ESCAPES
-- Blinds the measurement.
SET track_counts = off;
INSERT INTO world.audit (what) VALUES ('leak');

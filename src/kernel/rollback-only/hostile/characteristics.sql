-- expect: sealed
-- Later transactions would be read-only and deferrable.
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY;
INSERT INTO world.audit (what) VALUES ('leak');

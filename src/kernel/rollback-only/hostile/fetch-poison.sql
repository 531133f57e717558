-- expect: refused STATEMENT_FAILED
-- Fetches from a cursor that is not there.
INSERT INTO world.audit (what) VALUES ('leak');
FETCH ALL FROM cutter_poison;

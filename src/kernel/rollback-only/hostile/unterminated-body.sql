-- expect: refused SCRIPT_UNPARSABLE
-- A body without an end.
DO $$ BEGIN COMMIT; END;

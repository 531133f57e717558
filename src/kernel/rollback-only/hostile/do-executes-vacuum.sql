-- expect: refused SCRIPT_NOT_SEALABLE
-- VACUUM hidden in a literal: the server refuses it inside a block.
DO $$ BEGIN EXECUTE 'VACUUM'; END $$;

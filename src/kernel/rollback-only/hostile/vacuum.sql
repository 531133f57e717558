-- expect: refused SCRIPT_NOT_SEALABLE
-- VACUUM.
VACUUM world.account;

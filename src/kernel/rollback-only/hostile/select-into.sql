-- expect: refused SCRIPT_NOT_SEALABLE
-- SELECT INTO, which PL/pgSQL would take for something else.
SELECT * INTO world.leak FROM world.account;

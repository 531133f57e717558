-- expect: refused SCRIPT_NOT_SEALABLE
-- A COMMIT inside a procedure: the server refuses it in an atomic block.
CALL world.commits();

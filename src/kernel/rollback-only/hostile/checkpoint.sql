-- expect: refused SCRIPT_NOT_SEALABLE
-- A checkpoint.
CHECKPOINT;

-- expect: refused SCRIPT_NOT_SEALABLE
-- The isolation level cannot be changed in the middle of a transaction.
INSERT INTO world.audit (what) VALUES ('leak');
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;

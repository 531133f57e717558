-- expect: refused SCRIPT_NOT_SEALABLE
-- A tablespace.
CREATE TABLESPACE leak LOCATION '/tmp';

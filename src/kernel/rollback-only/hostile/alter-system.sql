-- expect: refused SCRIPT_NOT_SEALABLE
-- The server's configuration file.
ALTER SYSTEM SET work_mem = '1GB';

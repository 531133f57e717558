-- expect: refused SCRIPT_NOT_SEALABLE
-- A database.
CREATE DATABASE leak;

-- expect: refused SCRIPT_NOT_SEALABLE
-- CLUSTER of all tables.
CLUSTER;

-- expect: refused SCRIPT_NOT_SEALABLE
-- A subscription to another server.
CREATE SUBSCRIPTION leak CONNECTION 'host=127.0.0.1' PUBLICATION p WITH (connect = false);

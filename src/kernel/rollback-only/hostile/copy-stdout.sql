-- expect: refused SCRIPT_NOT_SEALABLE
-- Data to the client.
COPY world.account TO STDOUT;

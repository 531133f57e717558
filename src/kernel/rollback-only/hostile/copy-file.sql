-- expect: refused SCRIPT_ESCAPES
-- A file on the server.
COPY world.account TO '/tmp/leak';

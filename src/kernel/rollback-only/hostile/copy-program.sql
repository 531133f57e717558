-- expect: refused SCRIPT_ESCAPES
-- A program on the server.
COPY world.account TO PROGRAM 'cat > /tmp/leak';

-- expect: refused SCRIPT_ESCAPES
-- A program on the server, for its output.
COPY world.audit (what) FROM PROGRAM 'id';

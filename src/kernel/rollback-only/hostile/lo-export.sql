-- expect: refused SCRIPT_ESCAPES
-- A file on the server, from a large object.
SELECT lo_export(4242, '/tmp/leak');

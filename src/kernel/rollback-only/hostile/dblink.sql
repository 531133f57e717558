-- expect: refused SCRIPT_ESCAPES
-- Another connection, whose work commits by itself.
SELECT dblink_exec('dbname=postgres', 'CREATE TABLE leak ()');

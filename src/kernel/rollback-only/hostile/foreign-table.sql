-- expect: refused SCRIPT_ESCAPES
-- A foreign table made and used.
CREATE EXTENSION file_fdw;
CREATE SERVER leak FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE world.leak (a text) SERVER leak OPTIONS (program 'touch /tmp/leak');
SELECT * FROM world.leak;

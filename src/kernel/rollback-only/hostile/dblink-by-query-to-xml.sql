-- expect: refused SCRIPT_ESCAPES
-- A function that runs the text it is given.
SELECT query_to_xml('SELECT dblink_exec(''dbname=postgres'', ''SELECT 1'')', true, true, '');

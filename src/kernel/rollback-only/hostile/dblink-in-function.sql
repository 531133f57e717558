-- expect: refused SCRIPT_ESCAPES
-- The same inside a function that the catalog knows.
SELECT world.reaches_out();

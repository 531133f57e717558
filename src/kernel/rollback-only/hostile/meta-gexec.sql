-- expect: refused SCRIPT_UNPARSABLE
-- psql runs what a query answers.
SELECT 'COMMIT' \gexec

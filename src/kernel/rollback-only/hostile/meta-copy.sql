-- expect: refused SCRIPT_UNPARSABLE
-- psql's own COPY.
\copy world.account to '/tmp/leak'

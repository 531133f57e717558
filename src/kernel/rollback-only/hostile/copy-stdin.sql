-- expect: refused SCRIPT_NOT_SEALABLE
-- Data from the client.
COPY world.audit (what) FROM STDIN;
leak
\.

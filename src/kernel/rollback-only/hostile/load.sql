-- expect: refused SCRIPT_NOT_SEALABLE
-- A library into our session.
LOAD 'auto_explain';

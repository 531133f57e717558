-- expect: refused SCRIPT_ESCAPES
-- A language that may do anything; it need not even be there.
DO LANGUAGE plpython3u $$ import os $$;

-- expect: refused SCRIPT_NOT_SEALABLE
-- Switches the meaning of the backslash, so that the server would read another script than we did.
SET standard_conforming_strings = off;
SELECT 'a\'; COMMIT; --';

-- expect: sealed
-- superuser: refused STATEMENT_FAILED
-- Everything that the role owns.
DROP OWNED BY CURRENT_USER CASCADE;

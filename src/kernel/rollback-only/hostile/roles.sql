-- expect: refused STATEMENT_FAILED
-- superuser: sealed
-- A role, a password, a membership, a setting; not for this role.
CREATE ROLE leak SUPERUSER PASSWORD 'leak';
ALTER ROLE hostile_guest SET work_mem = '1GB';

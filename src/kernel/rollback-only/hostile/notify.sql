-- expect: sealed
-- NOTIFY goes out at COMMIT only.
LISTEN leak;
NOTIFY leak, 'x';
SELECT pg_notify('leak', 'y');

-- expect: sealed
-- Makes, changes and removes large objects.
SELECT lo_from_bytea(0, 'leak');
SELECT lo_put(4242, 0, 'changed');
SELECT lo_unlink(4242);

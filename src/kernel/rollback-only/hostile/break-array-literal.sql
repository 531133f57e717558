-- expect: sealed
-- Characters that an array literal or JSON would have to escape.
SELECT '"}, {\', E'\\"', $x$ \n "NULL" {} $x$;
INSERT INTO world.audit (what) VALUES ('leak');

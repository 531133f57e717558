-- expect: sealed
-- A cursor that would outlive its transaction.
DECLARE leak CURSOR WITH HOLD FOR SELECT nextval('world.ticket');
FETCH 2 FROM leak;

-- expect: refused CONSTRAINT_DEFERRED
-- A deferred foreign key that the real COMMIT would refuse.
INSERT INTO world.late VALUES (1, -1);

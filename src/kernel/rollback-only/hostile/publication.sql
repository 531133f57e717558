-- expect: sealed
-- A publication.
CREATE PUBLICATION leak FOR TABLE world.account;

-- expect: sealed
-- The strongest lock on everything.
LOCK TABLE world.account, world.entry, world.audit IN ACCESS EXCLUSIVE MODE;

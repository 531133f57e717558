-- expect: sealed
-- A rule that turns every write to the audit into nothing.
CREATE RULE nothing AS ON INSERT TO world.audit DO INSTEAD NOTHING;
INSERT INTO world.audit (what) VALUES ('leak');
INSERT INTO world.entry (account_id, amount) VALUES (1, 1);

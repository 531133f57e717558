-- expect: sealed
-- Sequences moved every way there is; positions are listed.
SELECT nextval('world.ticket');
SELECT setval('world.ticket', 900);
ALTER SEQUENCE world.ticket RESTART WITH 5;
INSERT INTO world.entry (account_id, amount) VALUES (1, 1);

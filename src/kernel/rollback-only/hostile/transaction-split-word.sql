-- expect: refused SCRIPT_UNPARSABLE
-- A comment inside the word makes it no word at all.
INSERT INTO world.audit (what) VALUES ('leak');
COM/**/MIT;

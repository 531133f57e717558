-- expect: refused STATEMENT_FAILED
-- superuser: sealed
-- An event trigger on everything; only a superuser may.
CREATE FUNCTION world.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO world.audit (what) VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER on_ddl ON ddl_command_end EXECUTE FUNCTION world.on_ddl();
CREATE TABLE world.one_more (a int);

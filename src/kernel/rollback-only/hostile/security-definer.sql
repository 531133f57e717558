-- expect: sealed
-- A function that runs as its owner, and changes the role settings on the way.
CREATE FUNCTION world.d() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = world AS $$ INSERT INTO audit (what) VALUES ('leak') $$;
SELECT world.d();

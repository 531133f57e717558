-- Somebody's shop, for the session of README.md: as a database may be that has been in use for a while.
DROP ROLE IF EXISTS cutter_proof;
DO $$ BEGIN
  CREATE ROLE shop_app LOGIN PASSWORD 'shop-app-4711';
  CREATE ROLE shop_admin SUPERUSER LOGIN PASSWORD 'shop-admin-4711';
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT CREATE ON SCHEMA public TO shop_app;
SET ROLE shop_app;
CREATE TABLE public.customer (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE public.orders (
  id serial PRIMARY KEY, customer int NOT NULL REFERENCES public.customer, state text NOT NULL, placed_on date NOT NULL
);
CREATE TABLE public.order_log (order_id int NOT NULL, state text NOT NULL, at timestamptz NOT NULL DEFAULT now());
INSERT INTO public.customer SELECT n, 'customer ' || n FROM generate_series(1, 100) AS n;
INSERT INTO public.orders (customer, state, placed_on)
  SELECT 1 + n % 100, CASE WHEN n % 4 = 0 THEN 'open' ELSE 'paid' END, DATE '2024-12-01' + n
  FROM generate_series(1, 400) AS n;
CREATE FUNCTION public.log_order() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.order_log (order_id, state) VALUES (NEW.id, NEW.state); RETURN NULL; END $$;
CREATE TRIGGER log_order AFTER UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.log_order();

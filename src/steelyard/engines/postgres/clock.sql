-- Time comes from one place.  The offset is for tests and the tutorial; only the owner can set it,
-- and every page shows it.
CREATE TABLE IF NOT EXISTS public.clock_offset (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  shift interval NOT NULL DEFAULT interval '0'
);
INSERT INTO public.clock_offset DEFAULT VALUES ON CONFLICT DO NOTHING;
GRANT SELECT ON public.clock_offset TO app_web, app_worker, engine_reader;
CREATE OR REPLACE FUNCTION public.app_now() RETURNS timestamptz LANGUAGE sql STABLE
  AS $$ SELECT clock_timestamp() + (SELECT shift FROM public.clock_offset) $$;
CREATE OR REPLACE FUNCTION public.app_today() RETURNS date LANGUAGE sql STABLE
  AS $$ SELECT (public.app_now() AT TIME ZONE 'Asia/Shanghai')::date $$;

from django.db import migrations

DIGITS = "CASE {level} WHEN 'province' THEN 2 WHEN 'city' THEN 4 WHEN 'county' THEN 6 WHEN 'town' THEN 9 ELSE 12 END"
OF_CASE, OF_BODY = DIGITS.format(level="a.level"), DIGITS.format(level="b.level")

# A yes only for a regulatory case inside the area of the asking office, over the village of the report that it holds.
CASE_OF_DESK = f"""
CREATE FUNCTION public.people_case_of_desk(wanted text, of_village text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.cases_case c
    JOIN public.orgs_area a ON a.code = c.area_code
    JOIN public.orgs_body b ON b.id = nullif(current_setting('app.body', true), '')::bigint
    WHERE c.no = wanted AND c.line = 'regulatory' AND b."end" IN ('supervision', 'discipline')
      AND left(c.area_code, {OF_CASE}) = left(of_village, {OF_CASE})
      AND left(c.area_code, {OF_BODY}) = left(b.area_id, {OF_BODY})
      AND NOT (nullif(current_setting('app.user', true), '')::bigint = ANY (c.recused))
  )
$$;
REVOKE ALL ON FUNCTION public.people_case_of_desk(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.people_case_of_desk(text, text) TO app_web, app_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_own_time"), ("cases", "0002_rights")]
    operations = [
        migrations.RunSQL(CASE_OF_DESK, "DROP FUNCTION public.people_case_of_desk(text, text)"),
    ]

from django.db import migrations

from steelyard.web.audit.rowguard import grant

ADMINISTRATORS = """
CREATE FUNCTION public.three_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.role IN ('user_admin', 'auditor', 'steward') AND EXISTS (
    SELECT 1 FROM orgs_post p WHERE p.user_id = NEW.user_id AND p.id <> NEW.id AND p.role <> NEW.role
      AND p.role IN ('user_admin', 'auditor', 'steward')
      AND (p.until IS NULL OR p.until >= NEW.since) AND (NEW.until IS NULL OR NEW.until >= p.since)
  ) THEN
    RAISE EXCEPTION 'the three administrators are three persons' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orgs_post_apart BEFORE INSERT OR UPDATE ON orgs_post
  FOR EACH ROW EXECUTE FUNCTION public.three_administrators();
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [
        migrations.RunSQL(ADMINISTRATORS, "DROP TRIGGER orgs_post_apart ON orgs_post"),
        grant("orgs_area", web="SELECT"),
        grant("orgs_body", web="SELECT"),
        grant("orgs_user"),
        grant("orgs_post", web="SELECT, INSERT, UPDATE, DELETE"),
        grant("orgs_kin", web="SELECT"),
        grant("orgs_reveal", web="SELECT, INSERT"),
        grant("orgs_apitoken"),
    ]

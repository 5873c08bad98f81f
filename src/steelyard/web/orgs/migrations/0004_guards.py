"""What the web role may do to accounts and posts, whatever statement it sends."""

from django.db import migrations

from steelyard.web.audit.rowguard import setting

APART = """
CREATE OR REPLACE FUNCTION public.three_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  administer constant text[] := ARRAY['user_admin', 'auditor', 'steward'];
  casework constant text[] := ARRAY['dispatcher', 'handler', 'reviewer', 'second_reviewer', 'inspector',
    'supervisor', 'clue_office', 'analyst', 'governance', 'appeal_desk'];
BEGIN
  IF EXISTS (
    SELECT 1 FROM orgs_post p WHERE p.user_id = NEW.user_id AND p.id <> NEW.id AND p.role <> NEW.role
      AND (NEW.role = ANY (administer) AND p.role = ANY (administer || casework)
           OR NEW.role = ANY (casework) AND p.role = ANY (administer))
      AND (p.until IS NULL OR p.until >= NEW.since) AND (NEW.until IS NULL OR NEW.until >= p.since)
  ) THEN
    RAISE EXCEPTION 'the three administrators are three persons, and work on no cases'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""

# A password that is hashed anew while signing in (nobody is known yet) simply keeps its old hash.
ACCOUNTS = """
CREATE FUNCTION public.orgs_guard_user() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asks bigint := nullif(current_setting('app.user', true), '')::bigint;
  administers boolean := coalesce('user_admin' = ANY (string_to_array(current_setting('app.roles', true), ',')), false);
BEGIN
  IF current_user <> 'app_web' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT administers OR NEW.subject_key <> '' OR NEW.identity <> '' THEN
      RAISE EXCEPTION 'accounts are made by their administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END IF;
  IF asks IS NULL THEN
    NEW.password := OLD.password;
  ELSIF NEW.password <> OLD.password AND NEW.id <> asks THEN
    RAISE EXCEPTION 'nobody sets the password of another' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.subject_key <> OLD.subject_key
     OR NEW.identity <> OLD.identity AND NOT (administers AND NEW.identity = 'asked') THEN
    RAISE EXCEPTION 'who a person is, a job finds out' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT administers AND (NEW.id, NEW.username, NEW.email, NEW.name, NEW.name_en, NEW.body_id, NEW.is_active)
     IS DISTINCT FROM (OLD.id, OLD.username, OLD.email, OLD.name, OLD.name_en, OLD.body_id, OLD.is_active) THEN
    RAISE EXCEPTION 'accounts are changed by their administrator' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orgs_user_guard BEFORE INSERT OR UPDATE ON orgs_user
  FOR EACH ROW EXECUTE FUNCTION public.orgs_guard_user();
"""
ADMINISTERS = f"""
  'user_admin' = ANY (string_to_array({setting("roles")}, ',')) AND user_id <> {setting("user", "bigint")}
"""
POSTS = f"""
ALTER TABLE orgs_post ENABLE ROW LEVEL SECURITY;
ALTER TABLE orgs_post FORCE ROW LEVEL SECURITY;
CREATE POLICY orgs_post_see ON orgs_post FOR SELECT TO app_web USING (true);
CREATE POLICY orgs_post_give ON orgs_post FOR INSERT TO app_web WITH CHECK ({ADMINISTERS});
CREATE POLICY orgs_post_change ON orgs_post FOR UPDATE TO app_web USING ({ADMINISTERS}) WITH CHECK ({ADMINISTERS});
CREATE POLICY orgs_post_take ON orgs_post FOR DELETE TO app_web USING ({ADMINISTERS});
CREATE POLICY orgs_post_jobs ON orgs_post FOR ALL TO app_worker, app_owner USING (true) WITH CHECK (true);
REVOKE INSERT, UPDATE ON orgs_apitoken FROM app_web;
"""
REVEALS = f"""
ALTER TABLE orgs_reveal ENABLE ROW LEVEL SECURITY;
ALTER TABLE orgs_reveal FORCE ROW LEVEL SECURITY;
CREATE POLICY orgs_reveal_own ON orgs_reveal FOR ALL TO app_web USING (user_id = {setting("user", "bigint")});
CREATE POLICY orgs_reveal_jobs ON orgs_reveal FOR ALL TO app_worker, app_owner USING (true) WITH CHECK (true);
"""
RECORD = f"""
ALTER TABLE audit_auditevent ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_auditevent FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_see ON audit_auditevent FOR SELECT TO app_web USING (true);
CREATE POLICY audit_write ON audit_auditevent FOR INSERT TO app_web
  WITH CHECK (user_id IS NULL OR user_id = {setting("user", "bigint")});
CREATE POLICY audit_jobs ON audit_auditevent FOR ALL TO app_worker, app_owner USING (true) WITH CHECK (true);
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_identity"), ("audit", "0002_keep_rows")]
    operations = [
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        migrations.RunSQL(
            ACCOUNTS, "DROP TRIGGER orgs_user_guard ON orgs_user; DROP FUNCTION public.orgs_guard_user()"
        ),
        *(migrations.RunSQL(text, migrations.RunSQL.noop) for text in (POSTS, REVEALS, RECORD)),
    ]

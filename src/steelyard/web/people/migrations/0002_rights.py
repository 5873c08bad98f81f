from django.db import migrations

from steelyard.web.audit.rowguard import append_only, grant, row_security, setting

RECEIPT, USER = setting("receipt"), setting("user", "bigint")
BY_RECEIPT = f"receipt_digest = {RECEIPT}"
BY_BODY = f"""
  ({USER} IS NOT NULL
   AND (receiver_id = {setting("body", "bigint")} OR {setting("body", "bigint")} = ANY (participants))
   AND ((door = 'matter' AND 'appeal_desk' = ANY (string_to_array({setting("roles")}, ',')))
        OR 'clue_office' = ANY (string_to_array({setting("roles")}, ',')))
   AND NOT ({USER} = ANY (recused)))
"""
SEEN = f"({BY_RECEIPT}) OR {BY_BODY}"
PARENT = "EXISTS (SELECT 1 FROM people_appeal AS parent WHERE parent.id = appeal_id)"
BY_REPORTER = f"EXISTS (SELECT 1 FROM people_appeal AS parent WHERE parent.id = appeal_id AND {BY_RECEIPT})"
SIGNED = f"{PARENT} AND ((by_id IS NULL AND {BY_REPORTER}) OR by_id = {USER})"

APPEAL = f"""
ALTER TABLE people_appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_appeal FORCE ROW LEVEL SECURITY;
CREATE POLICY people_appeal_see ON people_appeal FOR SELECT TO app_web USING ({SEEN});
CREATE POLICY people_appeal_file ON people_appeal FOR INSERT TO app_web
  WITH CHECK (state = 'submitted' AND {BY_RECEIPT});
CREATE POLICY people_appeal_act ON people_appeal FOR UPDATE TO app_web USING ({SEEN}) WITH CHECK ({SEEN});
CREATE POLICY people_appeal_jobs ON people_appeal FOR ALL TO app_worker, app_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON people_appeal TO app_web;
GRANT ALL ON people_appeal TO app_worker;
CREATE TRIGGER people_appeal_flow BEFORE INSERT OR UPDATE ON people_appeal
  FOR EACH ROW EXECUTE FUNCTION public.powers_keep_flow('appeal');
"""

# Pictures hang on the draft, so that sending needs no change of them and a draft that is never sent can be swept.
OF_DRAFT = f"draft_digest = {setting('draft')}"
OF_APPEAL = "EXISTS (SELECT 1 FROM people_appeal AS parent WHERE parent.draft_digest = people_photo.draft_digest)"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("powers", "0002_rights")]
    operations = [
        migrations.RunSQL(APPEAL, migrations.RunSQL.noop),
        row_security("people_appealstep", PARENT, web="SELECT, INSERT", check=SIGNED),
        row_security("people_message", PARENT, web="SELECT, INSERT", check=SIGNED),
        row_security("people_rating", PARENT, web="SELECT, INSERT", check=f"{BY_REPORTER} AND {USER} IS NULL"),
        row_security("people_photo", f"{OF_DRAFT} OR {OF_APPEAL}", web="SELECT, INSERT", check=OF_DRAFT),
        *(append_only(f"people_{name}") for name in ("appealstep", "message", "rating")),
        *(grant(f"people_{name}", web="SELECT") for name in ("publishedrow", "publication", "statistic")),
        grant("people_blockedrow", web=""),
    ]

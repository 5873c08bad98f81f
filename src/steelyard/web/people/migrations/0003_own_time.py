import django.db.models.deletion
from django.db import migrations, models

from steelyard.web.audit.rowguard import setting

RECEIPT, USER, BODY, ROLES = (
    setting("receipt"), setting("user", "bigint"), setting("body", "bigint"), setting("roles"),
)  # fmt: skip
SEEN = f"""
  (receipt_digest = {RECEIPT}) OR
  ({USER} IS NOT NULL
   AND (receiver_id = {BODY} OR {BODY} = ANY (participants))
   AND ((door = 'matter' AND 'appeal_desk' = ANY (string_to_array({ROLES}, ',')))
        OR 'clue_office' = ANY (string_to_array({ROLES}, ',')))
   AND NOT ({USER} = ANY (recused)))
"""
PARENT = "EXISTS (SELECT 1 FROM people_appeal AS parent WHERE parent.id = appeal_id"
HELD = f"{PARENT} AND (parent.receiver_id = {BODY} OR parent.receipt_digest = {RECEIPT}))"


def seen_child(*columns: str) -> str:
    """Rows of a report that lies with the body; of one that went on, those of the body's own time."""
    own = " OR ".join(f"{column} = {BODY}" for column in columns)
    return f"{HELD} OR (({own}) AND {PARENT}))"


POLICIES = f"""
DROP POLICY people_appeal_act ON people_appeal;
CREATE POLICY people_appeal_act ON people_appeal FOR UPDATE TO app_web
  USING (({SEEN}) AND (receiver_id = {BODY} OR receipt_digest = {RECEIPT})) WITH CHECK ({SEEN});
ALTER POLICY people_appealstep_web ON people_appealstep USING ({seen_child("held_by_id", "body_id")});
ALTER POLICY people_message_web ON people_message USING ({seen_child("held_by_id")});
ALTER POLICY people_rating_web ON people_rating USING ({HELD});
"""


def held_by() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.body")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_rights"), ("orgs", "0002_rights")]
    operations = [
        migrations.AddField("appealstep", "held_by", held_by()),
        migrations.AddField("message", "held_by", held_by()),
        migrations.AlterField("message", "once", models.CharField(max_length=64)),
        migrations.AddConstraint(
            "message", models.UniqueConstraint(fields=("appeal", "once"), name="people_message_once")
        ),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
    ]

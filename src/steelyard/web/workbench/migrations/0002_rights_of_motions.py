from django.db import migrations

from steelyard.web.audit.rowguard import append_only, row_security, setting
from steelyard.web.orgs.scope import child_policy

ROLES = f"string_to_array({setting('roles')}, ',') && ARRAY['supervisor', 'second_reviewer', 'analyst']"
AREA = setting("area")
VISIBLE = f"{ROLES} AND {setting('level')} IS NOT NULL AND (starts_with(area, {AREA}) OR starts_with({AREA}, area))"
OWN = f"by_id = {setting('user', 'bigint')}"


class Migration(migrations.Migration):
    dependencies = [("workbench", "0001_motions"), ("orgs", "0002_rights")]
    operations = [
        row_security("workbench_motion", VISIBLE, web="SELECT, INSERT", check=f"{OWN} AND {VISIBLE}"),
        row_security(
            "workbench_word", child_policy("workbench_motion", "workbench_word.motion_id"), web="SELECT, INSERT",
            check=OWN,
        ),
        append_only("workbench_word"),
    ]  # fmt: skip

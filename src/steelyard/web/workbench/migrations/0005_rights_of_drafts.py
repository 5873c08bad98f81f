from django.db import migrations

from steelyard.web.audit.rowguard import append_only, row_security, setting
from steelyard.web.orgs.scope import child_policy

ROLES = f"string_to_array({setting('roles')}, ',') && ARRAY['analyst']"
OWN = f"by_id = {setting('user', 'bigint')}"
VISIBLE = f"{OWN} AND {ROLES}"


class Migration(migrations.Migration):
    dependencies = [("workbench", "0004_drafts"), ("orgs", "0002_rights")]
    operations = [
        row_security("workbench_modeldraft", VISIBLE, web="SELECT, INSERT"),
        row_security(
            "workbench_drafttext", child_policy("workbench_modeldraft", "workbench_drafttext.draft_id"),
            web="SELECT, INSERT", check=OWN,
        ),
        append_only("workbench_drafttext"),
        row_security(
            "workbench_draftrun", child_policy("workbench_drafttext", "workbench_draftrun.text_id"),
            web="SELECT, INSERT", check=OWN,
        ),
    ]  # fmt: skip

from django.db import migrations

from steelyard.web.audit.rowguard import append_only, row_security, setting

STEWARD = f"'steward' = ANY (string_to_array({setting('roles')}, ','))"


class Migration(migrations.Migration):
    dependencies = [("subjects", "0001_initial")]
    operations = [
        row_security("subjects_handling", STEWARD, web="SELECT, INSERT"),
        append_only("subjects_handling"),
    ]

from django.db import migrations

from steelyard.web.audit.rowguard import row_security, setting

STEWARD = f"'steward' = ANY (string_to_array({setting('roles')}, ','))"


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [
        row_security("intake_upload", STEWARD, web="SELECT, INSERT"),
        row_security("intake_push", STEWARD, web="SELECT, INSERT"),
    ]

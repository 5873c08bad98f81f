from django.db import migrations

from steelyard.web.audit.rowguard import row_security, setting

ROLES = f"string_to_array({setting('roles')}, ',')"
READ = "'steward', 'analyst', 'reviewer', 'second_reviewer', 'supervisor', 'governance', 'dispatcher'"
READER = f"ARRAY[{READ}] && {ROLES}"
STEWARD = f"'steward' = ANY ({ROLES})"


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_running")]
    operations = [
        row_security("intake_pause", READER, check=STEWARD),
        row_security("intake_order", READER, check=STEWARD),
        row_security("intake_alarm", f"user_id = {setting('user', 'bigint')}", web="SELECT, UPDATE"),
        row_security("intake_scorecard", READER, web="SELECT"),
    ]

from django.db import migrations

from steelyard.web.alerts.casework import casework_policy
from steelyard.web.audit.rowguard import append_only, grant, row_security, setting
from steelyard.web.orgs.scope import child_policy

OWN = f"user_id = {setting('user', 'bigint')}"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("orgs", "0002_rights")]
    operations = [
        row_security("alerts_alert", casework_policy(), web="SELECT, UPDATE"),
        row_security("alerts_revision", child_policy("alerts_alert", "alerts_revision.alert_id"), web="SELECT"),
        append_only("alerts_revision", insert=("app_worker",)),
        grant("alerts_pullmark", web=""),
        row_security("alerts_savedview", OWN, web="SELECT, INSERT, UPDATE, DELETE"),
        row_security("alerts_modelnote", child_policy("alerts_alert", "alerts_modelnote.alert_id"), web="SELECT"),
        append_only("alerts_modelnote"),
    ]

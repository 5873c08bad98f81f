from django.db import migrations

from steelyard.web.audit.rowguard import row_security, setting

OWN = f"user_id = {setting('user', 'bigint')}"
REVIEWER = (
    f"('steward' = ANY (string_to_array({setting('roles')}, ',')) "
    f"OR 'analyst' = ANY (string_to_array({setting('roles')}, ',')))"
)
"""Who says and signs; under whose name, the row itself must tell."""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0003_reviews")]
    operations = [
        row_security("subjects_opening", OWN),
        row_security("subjects_saying", REVIEWER, web="SELECT, INSERT", check=f"by_id = {setting('user', 'bigint')}"),
    ]

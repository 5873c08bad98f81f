import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from steelyard.web.audit.rowguard import row_security
from steelyard.web.orgs.scope import child_policy


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0003_withdrawals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(db_default=models.Func(function="public.app_now"))),
                ("done_at", models.DateTimeField(null=True)),
                ("state", models.CharField(blank=True, max_length=12)),
                ("said", models.JSONField(default=dict)),
                ("differs", models.JSONField(default=list)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replays", to="alerts.alert"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        row_security("alerts_replay", child_policy("alerts_alert", "alerts_replay.alert_id"), web="SELECT, INSERT"),
    ]

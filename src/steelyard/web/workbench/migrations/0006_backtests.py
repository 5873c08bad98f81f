import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from steelyard.web.audit.rowguard import row_security, setting

ROLES = f"string_to_array({setting('roles')}, ',')"
VISIBLE = f"{ROLES} && ARRAY['supervisor', 'second_reviewer', 'analyst'] AND {setting('level')} IS NOT NULL"
OWN = f"by_id = {setting('user', 'bigint')} AND {ROLES} && ARRAY['analyst']"


class Migration(migrations.Migration):
    dependencies = [("workbench", "0005_rights_of_drafts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="BacktestRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model_id", models.CharField(db_index=True, max_length=120)),
                ("version", models.CharField(max_length=20)),
                ("sha256", models.CharField(max_length=64)),
                ("against_sha", models.CharField(max_length=64)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("step", models.CharField(max_length=5)),
                ("at", models.DateTimeField(db_default=models.Func(function="public.app_now"))),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for the worker"),
                            ("done", "done"),
                            ("failed", "could not be done"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("days", models.PositiveIntegerField()),
                ("report", models.BigIntegerField(null=True)),
                ("message", models.CharField(blank=True, max_length=400)),
                ("finished", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("last"))),
                        name="workbench_backtest_begins_before_it_ends",
                    )
                ],
            },
        ),
        row_security("workbench_backtestrun", VISIBLE, web="SELECT, INSERT", check=f"{OWN} AND {VISIBLE}"),
    ]

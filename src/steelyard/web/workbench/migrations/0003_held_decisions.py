import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from steelyard.web.audit.rowguard import row_security, setting

MINE = f"string_to_array({setting('roles')}, ',') && ARRAY['analyst', 'steward']"
OWN = f"by_id = {setting('user', 'bigint')}"


class Migration(migrations.Migration):
    dependencies = [("workbench", "0002_rights_of_motions"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="HeldDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.BigIntegerField(db_index=True)),
                (
                    "verb",
                    models.CharField(choices=[("release", "let it go"), ("discard", "discard it")], max_length=10),
                ),
                ("area", models.CharField(blank=True, max_length=12)),
                ("grades", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField(db_default=models.Func(function="public.app_now"))),
                ("finished", models.DateTimeField(null=True)),
                ("message", models.CharField(blank=True, max_length=400)),
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
                        condition=models.Q(("reason", ""), _negated=True), name="workbench_held_has_a_reason"
                    )
                ],
            },
        ),
        row_security("workbench_helddecision", MINE, web="SELECT, INSERT", check=f"{OWN} AND {MINE}"),
    ]

from django.db import migrations, models

from steelyard.web.audit.rowguard import grant


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_rights")]
    operations = [
        migrations.CreateModel(
            name="SuppliedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dataset", models.CharField(max_length=40)),
                ("record", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddConstraint(
            model_name="suppliedrow",
            constraint=models.UniqueConstraint(fields=("dataset", "record"), name="governance_supplied_once"),
        ),
        migrations.CreateModel(
            name="SupplyMark",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(null=True)),
                ("row", models.JSONField(null=True)),
            ],
        ),
        grant("governance_suppliedrow", web=""),
        grant("governance_supplymark", web=""),
    ]

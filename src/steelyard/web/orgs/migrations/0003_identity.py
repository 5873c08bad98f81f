from django.db import migrations, models

STATES = [
    ("", "no identity number was given"),
    ("asked", "being looked up in the register"),
    ("known", "known in the register"),
    ("absent", "not in the register"),
    ("differs", "the register knows the number under another name"),
]


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_rights")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="identity",
            field=models.CharField(blank=True, choices=STATES, default="", max_length=10),
        ),
    ]

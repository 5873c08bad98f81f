from django.db import migrations

TOLD = (
    "seq, interface, idempotency_key, body_hash, sender, received_on, received_at, row_count, problems, batch, "
    "delivery, finished_at, refusal"
)
GIVEN = "interface, idempotency_key, body_hash, body, row_count, received_on, sender, problems"


class Migration(migrations.Migration):
    """Pushes are kept in the pool's own inbox: pages add to it and read all but the rows."""

    dependencies = [("intake", "0002_rights")]
    operations = [
        migrations.DeleteModel(name="Push"),
        migrations.RunSQL(
            f"""
            GRANT USAGE ON SCHEMA engine TO app_web;
            GRANT SELECT ({TOLD}), INSERT ({GIVEN}) ON engine.inbox TO app_web;
            GRANT USAGE ON SEQUENCE engine.inbox_seq_seq TO app_web;
            """,
            "REVOKE ALL ON engine.inbox FROM app_web; REVOKE ALL ON SEQUENCE engine.inbox_seq_seq FROM app_web;",
        ),
    ]

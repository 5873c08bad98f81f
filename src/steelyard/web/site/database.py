"""Brings the web half's tables up to date, as their owner."""

from django.core.management import call_command
from django.db import connection

from steelyard.engines.postgres import Role

OF_LIBRARIES = (
    "django_session", "django_content_type", "account_emailaddress", "account_emailconfirmation",
    "mfa_authenticator", "auth_group", "auth_permission", "auth_group_permissions",
)  # fmt: skip
"""Tables whose migrations are not ours; the web role works with them."""


def migrate(*, verbosity: int = 0) -> None:
    """Apply Django's migrations as app_owner and grant what libraries' tables need; then sign in as before."""
    values, before = connection.settings_dict, connection.settings_dict["USER"]
    connection.close()
    values["USER"] = str(Role.OWNER)
    try:
        call_command("migrate", verbosity=verbosity, interactive=False)
        with connection.cursor() as cursor:
            tables = ", ".join(OF_LIBRARIES)
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO app_web, app_worker")
            cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app_web, app_worker")
            cursor.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO app_web, app_worker")
            cursor.execute(
                "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%'"
            )
            jobs = cursor.fetchone()[0]
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {jobs} TO app_web, app_worker")
    finally:
        connection.close()
        values["USER"] = before

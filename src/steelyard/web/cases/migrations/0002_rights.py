from pathlib import Path

from django.db import migrations

from steelyard.web.alerts.casework import casework_policy
from steelyard.web.audit.rowguard import append_only, grant, row_security, setting
from steelyard.web.orgs.scope import child_policy

GUARDS = Path(__file__).parents[1] / "guards.sql"
LOGGED = ("step", "alertverdict", "reviewanswer", "measure", "ledgerentry", "inspection")
"""Children that are only ever added to."""
OF_CASE = {
    table: child_policy("cases_case", f"cases_{table}.case_id") for table in (*LOGGED, "request", "clue", "casealert")
}
SHEET = f"""
  addressee_id = {setting("user", "bigint")}
  OR (addressee_id IS NULL AND addressee_body_id = {setting("body", "bigint")}
      AND 'explainer' = ANY (string_to_array({setting("roles")}, ','))
      AND NOT ({setting("user", "bigint")} = ANY (recused)))
  OR {child_policy("cases_case", "cases_questionsheet.case_id")}
"""
FILE = f"""
  {child_policy("cases_case", "cases_attachment.case_id")}
  OR {child_policy("cases_questionsheet", "cases_attachment.sheet_id")}
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("alerts", "0002_rights")]
    operations = [
        grant("cases_workflowrelease", web="SELECT"),
        grant("cases_flow", web="SELECT"),
        row_security("cases_case", casework_policy(), web="SELECT, UPDATE"),
        *(row_security(f"cases_{table}", OF_CASE[table], web="SELECT") for table in LOGGED),
        *(append_only(f"cases_{table}") for table in LOGGED),
        *(row_security(f"cases_{table}", OF_CASE[table]) for table in ("request", "clue", "casealert")),
        row_security("cases_questionsheet", SHEET),
        row_security(
            "cases_explanation", child_policy("cases_questionsheet", "cases_explanation.sheet_id"), web="SELECT"
        ),
        append_only("cases_explanation"),
        row_security("cases_attachment", FILE, web="SELECT, INSERT"),
        # Anybody's act may leave a notice for somebody else; only that person reads it.
        row_security("cases_notice", f"user_id = {setting('user', 'bigint')}", check="true"),
        migrations.RunSQL(
            GUARDS.read_text(encoding="utf-8"),
            "DROP FUNCTION public.cases_check_case CASCADE; DROP FUNCTION public.cases_check_step CASCADE; "
            "DROP FUNCTION public.cases_check_ledger CASCADE; DROP FUNCTION public.cases_check_request CASCADE; "
            "DROP FUNCTION public.cases_check_web_case CASCADE; DROP FUNCTION public.cases_check_web_alert CASCADE; "
            "DROP FUNCTION public.cases_own_name CASCADE; DROP FUNCTION public.cases_only_changes CASCADE; "
            "DROP FUNCTION public.cases_me CASCADE;",
        ),
    ]

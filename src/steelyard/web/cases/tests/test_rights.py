import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_every_table_of_the_case_zone_is_forced_under_row_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE 'cases%' OR relname LIKE 'alerts%') "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        unguarded = {name for (name,) in cursor.fetchall()}
    assert unguarded == {"cases_flow", "cases_workflowrelease", "alerts_pullmark"}

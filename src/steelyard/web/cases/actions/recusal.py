"""Hides cases, with their alerts and question sheets, anew when kinship was found anew."""

from typing import Any

from django.db import connection

CASES = """
UPDATE cases_case SET recused = now_away.users
  FROM (
    SELECT c.id, coalesce(array_agg(DISTINCT k.user_id ORDER BY k.user_id)
             FILTER (WHERE k.user_id IS NOT NULL), '{}') AS users
      FROM cases_case c LEFT JOIN orgs_kin k ON k.subject_key = ANY (c.subject_keys)
     GROUP BY c.id
  ) AS now_away
 WHERE now_away.id = cases_case.id AND cases_case.recused <> now_away.users
"""
ALERTS = """
UPDATE alerts_alert SET recused = c.recused
  FROM cases_casealert l JOIN cases_case c ON c.id = l.case_id
 WHERE l.alert_id = alerts_alert.id AND l.detached_at IS NULL AND alerts_alert.recused <> c.recused
"""
SHEETS = """
UPDATE cases_questionsheet SET recused = c.recused
  FROM cases_case c WHERE c.id = case_id AND cases_questionsheet.recused <> c.recused
"""
GAPS = """
UPDATE cases_case SET staffing_gap = true
 WHERE closed_at IS NULL AND assignee_id = ANY (recused) AND NOT staffing_gap
"""
"""Who held the case and must now stay away leaves a gap that the dispatcher fills."""


def renew_recusals(sender: Any = None, **_kwargs: Any) -> None:
    """The strictest recusal of a case's subjects holds for all of it.  Run as a job, after the alerts' own."""
    with connection.cursor() as cursor:
        for statement in (CASES, ALERTS, SHEETS, GAPS):
            cursor.execute(statement)

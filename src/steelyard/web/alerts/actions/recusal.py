"""Hides alerts anew when it was found anew whom everybody must stay away from."""

from typing import Any

from django.db import connection

RENEW = """
UPDATE alerts_alert SET recused = now_away.users
  FROM (
    SELECT a.id, coalesce(array_agg(DISTINCT k.user_id ORDER BY k.user_id)
             FILTER (WHERE k.user_id IS NOT NULL), '{}') AS users
      FROM alerts_alert a LEFT JOIN orgs_kin k ON k.subject_key = ANY (a.subject_keys)
     GROUP BY a.id
  ) AS now_away
 WHERE now_away.id = alerts_alert.id AND alerts_alert.recused <> now_away.users
"""


def renew_recusals(sender: Any = None, **_kwargs: Any) -> None:
    """Nobody sees an alert about himself or his relatives, whenever the account was made.  Run as a job."""
    with connection.cursor() as cursor:
        cursor.execute(RENEW)

"""Row security of the case zone."""

from steelyard.web.audit.rowguard import setting
from steelyard.web.orgs.scope import tenant_policy


def casework_policy() -> str:
    """The tenant rule, for people who work on cases: their scope has a level, others' has none."""
    return f"({tenant_policy()}) AND {setting('level')} IS NOT NULL"

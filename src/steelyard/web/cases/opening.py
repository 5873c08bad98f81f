"""Whether a case gives somebody a reason to read a name in it."""

from steelyard.web.alerts.evidence import subjects_in
from steelyard.web.cases.context import alerts_of
from steelyard.web.cases.models import Case
from steelyard.web.orgs.models import User


def may_open(user: User, key: str, case_no: str) -> bool:
    """Whether the number is that of an open case which the user sees and in which the subject stands."""
    case = Case.objects.visible_to(user).filter(no=case_no, closed_at__isnull=True).first()
    if case is None:
        return False
    return key in case.subject_keys or any(key in subjects_in(alert.evidence) for alert in alerts_of(case))

"""Which case may answer a report: a link never tells a desk, or a villager, of a case that is not theirs to know."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit.errors import WebError
from steelyard.web.cases.models import Case
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.words import End, Line
from steelyard.web.people.models import Appeal


class NotLinkedHere(WebError):
    """An unknown number and one that is not for this desk are told in the same words."""

    text = _("This number cannot be linked here.")


def check_link(appeal: Appeal, number: str, by: User) -> None:
    """Raises NotLinkedHere unless a case of this number may answer the report where ``by`` makes the link."""
    case = Case.objects.visible_to(by).filter(no=number).first()
    if not (may_answer(appeal, case, by) if case else _is_of_desk(appeal, number)):
        raise NotLinkedHere


def may_answer(appeal: Appeal, case: Case, linked_by: User | None) -> bool:
    """A case of the regulatory line over the village; a supervisory one where who linked it sees it himself."""
    area = Area.objects.filter(code=case.area_code).first()
    if area is None or not appeal.village_id.startswith(area.prefix):
        return False
    if case.line == Line.REGULATORY:
        return True
    if linked_by is None or linked_by.body is None or linked_by.body.end != End.DISCIPLINE:
        return False
    return bool(Case.objects.visible_to(linked_by).filter(pk=case.pk).exists())


def linked_by(appeal: Appeal) -> User | None:
    """Who made the newest link."""
    step = appeal.steps.filter(name="link").order_by("-pk").select_related("by__body").first()
    return step.by if step else None


def was_refused(appeal: Appeal) -> bool:
    """Whether the newest link could not stay."""
    step = appeal.steps.filter(name__in=("link", "link_refused")).order_by("-pk").first()
    return bool(step and step.name == "link_refused")


def _is_of_desk(appeal: Appeal, number: str) -> bool:
    """Asked of the database: a petitions clerk has no sight of cases, only of this one answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.people_case_of_desk(%s, %s)", [number, appeal.village_id])
        return bool(cursor.fetchone()[0])

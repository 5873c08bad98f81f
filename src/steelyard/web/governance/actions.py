"""Verbs of the governance loop: discover, analyse, propose, put in force, measure, close."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases.models import Case, ReviewAnswer
from steelyard.web.governance.models import Loophole, LoopholeStep
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Body, User
from steelyard.web.powers.flow import due_from, flow
from steelyard.web.workbench.shelf import model_or_none

ACTORS = ("governance", "supervisor", "second_reviewer")
OPENING_ANSWERS = ("planned", "yes")
THIRD_QUESTION = 3


class TooEarly(WebError):
    """An effect cannot be measured yet."""

    text = _("It is too early to measure: the measure has not been in force long enough.")


class Incomplete(WebError):
    """Something that the step needs is missing."""

    text = _("Fill in what this step needs.")


@dataclass(frozen=True)
class Given:
    """What is entered for one step."""

    text: str = ""
    cause: str = ""
    proposal_kind: str = ""
    document: str = ""
    day: dt.date | None = None


@transaction.atomic
def open_loophole(case: Case, *, by: User | None, text: str = "") -> Loophole:
    """Open the loophole of a case; a case has one, so a second call gives the first one back.

    ``by`` None: the job that reads the reviews' answers.  Raises NotAllowed for a case one may not see.
    """
    if by is not None and not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise NotAllowed
    found: Loophole | None = Loophole.objects.filter(case_no=case.no).first()
    if found is not None:
        return found
    owner = _owner(case, by)
    model = model_or_none(case.model_id)
    title = f"{model.title.zh} / {model.title.en}" if model else case.model_id
    loophole = Loophole(
        number=f"G{case.area_code[:6]}-{clock.today().year}-{secrets.token_hex(2).upper()}", title=title[:200],
        model_id=case.model_id, case_no=case.no, owner=owner, area_code=case.area_code, line=case.line,
        participants=sorted({*case.participants, owner.pk}), recused=case.recused,
    )  # fmt: skip
    loophole.due = _due("detected")
    loophole.save(force_insert=True)
    LoopholeStep.objects.create(loophole=loophole, name="open", state=loophole.state, by=by, text=text)
    record.write("loophole.opened", by=by, subject=loophole, case_no=case.no)
    return loophole


def _owner(case: Case, by: User | None) -> Body:
    """The county's commission, where loopholes are worked on; else the body of who opens it."""
    county = case.area_code[:6] + "000000"
    found = Body.objects.filter(area_id=county, org_type="discipline").first()
    owner = found or (by.body if by else None) or case.reviewer_body or case.assignee_body
    if owner is None:
        raise NotAllowed(_("There is no body that could own this loophole."))
    return owner


def _due(state: str) -> dt.date | None:
    return due_from(clock.today(), flow("loophole").states[state].get("deadline", {}).get("any"))


def open_from_reviews() -> int:
    """Open what reviews called for and nobody opened yet.  A job's verb: sees every case."""
    said = ReviewAnswer.objects.filter(question=THIRD_QUESTION, value__in=OPENING_ANSWERS)
    known = Loophole.objects.values("case_no")
    waiting = said.exclude(case__no__in=known).select_related("case").order_by("case_id", "-pk").distinct("case_id")
    opened = 0
    for answer in waiting:
        open_loophole(answer.case, by=None, text=answer.text)
        opened += 1
    return opened


@transaction.atomic
def advance(loophole: Loophole, name: str, given: Given, *, by: User) -> Loophole:
    """Take one transition of the workflow file.  Raises NotAllowed, WrongState, Incomplete, TooEarly."""
    found: Loophole | None = Loophole.objects.visible_to(by).select_for_update().filter(pk=loophole.pk).first()
    if found is None:
        raise NotAllowed
    way = flow("loophole").take(name, found.state, by.roles & set(ACTORS))
    if any(not getattr(given, need) for need in way.needs):
        raise Incomplete
    _check(found, name, given, by)
    for need in ("cause", "proposal_kind", "document"):
        if need in way.needs:
            setattr(found, need, getattr(given, need))
    if "day" in way.needs:
        found.in_force_on = given.day
    found.state, found.due = way.target, _due(way.target)
    found.save()
    LoopholeStep.objects.create(loophole=found, name=name, state=found.state, by=by, text=given.text or given.document)
    record.write(f"loophole.{name}", by=by, subject=found, case_no=found.case_no)
    return found


def _check(loophole: Loophole, name: str, given: Given, by: User) -> None:
    chart = flow("loophole").data
    if given.cause and given.cause not in chart["causes"]:
        raise Incomplete
    if given.proposal_kind and given.proposal_kind not in chart["proposals"]:
        raise Incomplete
    # Who proposed does not adopt his own proposal.
    last = loophole.steps.filter(name="propose").order_by("-pk").first()
    if name in ("adopt", "decline") and last and last.by_id == by.pk:
        raise NotAllowed(_("Somebody else decides about your own proposal."))
    if "enough_time" in chart_guards(name):
        since = loophole.in_force_on
        if since is None or (clock.today() - since).days < chart["effect"]["earliest_days"]:
            raise TooEarly


def chart_guards(name: str) -> list[str]:
    """Guards that the file names for a transition."""
    row = next(row for row in flow("loophole").data["transitions"] if row["name"] == name)
    return list(row.get("guards", ()))

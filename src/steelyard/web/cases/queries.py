"""All reads of cases, for this room and for the screens."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from steelyard.web.alerts.models import GRADES
from steelyard.web.alerts.queries import in_area
from steelyard.web.alerts.titles import day_text
from steelyard.web.cases import acting, flow
from steelyard.web.cases.acting import SEATS
from steelyard.web.cases.models import (
    Case,
    CaseQuerySet,
    LedgerEntry,
    LedgerKind,
    Notice,
    QuestionSheet,
    WorkflowRelease,
)
from steelyard.web.cases.releases import calendar_of, workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.scope import NO_SCOPE

cases = Case.objects
"""Start here: ``cases.visible_to(user)``."""
TITLES_SHOWN = 400
VISIT_AHEAD = dt.timedelta(days=10)
"""How long before its day an inspection begins to wait for the inspector."""


@dataclass(frozen=True)
class Filters:
    """What the list was asked for; kept in the address of the page."""

    q: str = ""
    grade: str = ""
    state: str = ""
    area: str = ""
    late: str = ""
    mine: str = ""

    @classmethod
    def read(cls, given: QueryDict) -> "Filters":
        found = cls(**{name: given.get(name, "").strip()[:80] for name in cls.__dataclass_fields__})
        return cls(
            q=found.q, state=found.state, area=found.area, grade=found.grade if found.grade in GRADES else "",
            late="1" if found.late else "", mine="1" if found.mine else "",
        )  # fmt: skip

    @property
    def any(self) -> bool:
        return any((self.q, self.grade, self.state, self.area, self.late, self.mine))


def listed(user: User, filters: Filters) -> CaseQuerySet:
    """Cases of a user that fit the filters; what is due first comes first, closed ones last."""
    found = cases.visible_to(user).select_related("workflow", "assignee_body", "assignee")
    if filters.grade:
        found = found.filter(grade=filters.grade)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.area:
        found = found.filter(in_area(filters.area))
    if filters.late:
        found = found.open().filter(due__lt=clock.now())
    if filters.mine:
        found = found.filter(_my_turn(user))
    if filters.q:
        found = found.filter(Q(no__icontains=filters.q) | Q(model_id__icontains=filters.q))
    return found.order_by("closed_at", "due", "pk")


def case_by_no(user: User, no: str) -> Case | None:
    """A case the user may see; None for others, whether they exist or not."""
    found = cases.visible_to(user).select_related(
        "workflow", "assignee_body", "assignee", "reviewer_body", "second_body"
    )
    case: Case | None = found.filter(no=no).first()
    return case


def sheets_for(user: User) -> QuerySet[QuestionSheet]:
    """Question sheets put to the user or to the unit he explains for."""
    scope = getattr(user, "scope", NO_SCOPE)
    if scope.user_id is None:
        return QuestionSheet.objects.none()
    mine = Q(addressee_id=scope.user_id)
    if flow.EXPLAINER in scope.roles:
        unit = Q(addressee__isnull=True, addressee_body_id=scope.body_id) & ~Q(recused__contains=[scope.user_id])
        mine |= unit
    return QuestionSheet.objects.filter(mine).order_by("answered_at", "due", "pk")


def state_choices() -> list[tuple[str, str]]:
    """States of the workflow in force, in the reader's language."""
    release = WorkflowRelease.objects.filter(current=True).first()
    if release is None:
        return []
    states = workflow_of(release).states.values()
    return [(state.name, in_language(state.title["zh"], state.title["en"])) for state in states]


def state_title(case: Case) -> str:
    state = workflow_of(case.workflow).states[case.state]
    return in_language(state.title["zh"], state.title["en"])


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: what to do, until when, where."""

    what: str
    about: str
    until: dt.datetime | None
    days_left: int | None
    """Working days; negative when the deadline has passed."""
    url: str
    urgency: str
    """late, soon, normal"""
    grade: str
    kind: str


def waiting_for(user: User, *, limit: int = 200) -> list[Waiting]:
    """Cases whose next move is the user's, requests to decide and questions to answer; most urgent first."""
    now = clock.now()
    found = [
        _sheet_waits(sheet, now) for sheet in sheets_for(user).filter(answered_at__isnull=True, taken_at__isnull=True)
    ]
    mine = cases.visible_to(user).open().filter(_my_turn(user)).select_related("workflow").order_by("due")[:limit]
    found += [_case_waits(case, user, now) for case in mine]
    found.sort(key=lambda one: (one.until is None, one.until or now))
    return found


def waiting_for_others(user: User, *, limit: int = 50) -> list[Waiting]:
    """Open cases the user acted on whose next move is somebody else's."""
    acted = cases.visible_to(user).open().filter(steps__user=user).exclude(_my_turn(user)).distinct()
    now = clock.now()
    return [_case_waits(case, user, now) for case in acted.select_related("workflow").order_by("due")[:limit]]


def _my_turn(user: User) -> Q:
    """The cases whose wanted part is one the user plays."""
    found = Q(pk__in=[])
    scope = user.scope
    for release in WorkflowRelease.objects.filter(cases__closed_at__isnull=True).distinct():
        workflow = workflow_of(release)
        for state in workflow.states:
            for part in workflow.actors_wanted(state) & set(scope.roles) - {flow.EXPLAINER}:
                mine = Q(workflow=release, state=state, closed_at__isnull=True)
                if part in SEATS:
                    mine &= Q(**{SEATS[part]: scope.body_id})
                if part == "handler":
                    mine &= Q(assignee__isnull=True) | Q(assignee_id=user.pk)
                    mine &= ~Q(excluded__contains=[user.pk])
                if part == "inspector" and any(move.inspects for move in workflow.moves_from(state)):
                    mine &= Q(inspection_due__isnull=True) | Q(inspection_due__lte=clock.today() + VISIT_AHEAD)
                found |= mine
    return found


def next_moves(case: Case, parts: set[str] | None = None) -> str:
    """What has to be done next, in words of the workflow; ``parts``: those of the reader."""
    if not case.is_open:
        return ""
    moves = acting.ahead(case, parts)
    if any(move.inspects for move in moves) and case.inspection_due and clock.today() < case.inspection_due:
        return _("inspection due on %(day)s; earlier only with a reason") % {"day": day_text(case.inspection_due)}
    came = any(move.asks for move in moves) and acting.explanation_came(case)
    titles = [in_language(move.title["zh"], move.title["en"]) for move in moves if not (came and move.asks)]
    if came and titles and not case.explanation_absent:
        return _("the explanation has come; read it and %(move)s") % {"move": titles[0]}
    return str(_(" or ")).join(titles[:2])


def _case_waits(case: Case, user: User, now: dt.datetime) -> Waiting:
    left = days_left(case, now)
    what = next_moves(case, set(user.scope.roles))
    return Waiting(
        what, f"{case.no} · {state_title(case)}", case.due, left, reverse("case_detail", args=[case.no]),
        _urgency(left), case.grade, "case",
    )  # fmt: skip


def _sheet_waits(sheet: QuestionSheet, now: dt.datetime) -> Waiting:
    left = sheet_days_left(sheet, now)
    about = in_language(sheet.title.get("zh", ""), sheet.title.get("en", ""))
    url = reverse("question_sheet", args=[sheet.pk])
    return Waiting(_("Answer the questions"), about, sheet.due, left, url, _urgency(left), "", "question")


def days_left(case: Case, now: dt.datetime) -> int | None:
    """Working days until the deadline; None without one."""
    return calendar_of(workflow_of(case.workflow)).days_between(now, case.due) if case.due else None


def sheet_days_left(sheet: QuestionSheet, now: dt.datetime) -> int | None:
    release = WorkflowRelease.objects.filter(current=True).first()
    if release is None or sheet.due is None:
        return None
    return calendar_of(workflow_of(release)).days_between(now, sheet.due)


def _urgency(left: int | None) -> str:
    if left is None or left > 2:
        return "normal"
    return "late" if left < 0 else "soon"


def notices(user: User, *, limit: int = 30) -> list[Notice]:
    """Unread notices, newest first; those of a step or a question that no longer waits for the user are left out."""
    turns = cases.visible_to(user).open().filter(_my_turn(user)).order_by().values("no")
    unanswered = sheets_for(user).filter(answered_at__isnull=True, taken_at__isnull=True).order_by().values("pk")
    still = ~Q(kind__in=["your_turn", "question"]) | Q(kind="your_turn", case_no__in=turns)
    still |= Q(kind="question", sheet_id__in=unanswered)
    return list(Notice.objects.filter(still, user=user, read_at__isnull=True).order_by("-at")[:limit])


@dataclass(frozen=True)
class Figures:
    """The state of the loop in a user's scope, each figure with its denominator beside it."""

    cases: int
    open: int
    overdue: int
    closed: int
    by_grade: dict[str, int]
    by_state: list[tuple[str, str, int]]
    gaps: int


def figures(user: User) -> Figures:
    """Counts of the cases a user sees."""
    seen = cases.visible_to(user)
    still = seen.open()
    grades = dict(still.order_by().values_list("grade").annotate(n=Count("pk")))
    states = dict(still.order_by().values_list("state").annotate(n=Count("pk")))
    return Figures(
        cases=seen.count(), open=still.count(), overdue=still.filter(due__lt=clock.now()).count(),
        closed=seen.filter(closed_at__isnull=False).count(), by_grade={grade: grades.get(grade, 0) for grade in GRADES},
        by_state=[(name, title, states[name]) for name, title in state_choices() if states.get(name)],
        gaps=still.filter(staffing_gap=True).count(),
    )  # fmt: skip


def money(user: User) -> dict[str, Decimal]:
    """Yuan by kind over the cases a user sees, and what is outstanding; kinds are never added together."""
    rows = LedgerEntry.objects.filter(case__in=cases.visible_to(user)).order_by().values_list("kind")
    sums = dict.fromkeys(LedgerKind.values, Decimal(0)) | dict(rows.annotate(total=Sum("amount")))
    return sums | {"outstanding": sums["recoverable"] - sums["recovered"] - sums["written_off"]}


def recovered_by_month(user: User, *, since: dt.date) -> list[tuple[dt.date, Decimal]]:
    """Yuan recovered by month of arrival."""
    rows = LedgerEntry.objects.filter(case__in=cases.visible_to(user), kind=LedgerKind.RECOVERED, on__gte=since)
    counted = rows.annotate(month=TruncMonth("on")).order_by().values_list("month").annotate(total=Sum("amount"))
    return sorted(counted)


def outcome(case: Case) -> dict[str, object]:
    """What may be told about a case outside it: state, whether closed, money recovered.  No names."""
    recovered = case.ledger.filter(kind=LedgerKind.RECOVERED).aggregate(total=Sum("amount"))["total"]
    return {
        "no": case.no, "state": state_title(case), "closed": not case.is_open, "recovered": recovered or Decimal(0),
        "income": case.ledger.filter(kind=LedgerKind.NEW_INCOME).aggregate(total=Sum("amount"))["total"] or Decimal(0),
        "true": any(link.alert.is_true for link in case.links.select_related("alert").filter(detached_at__isnull=True)),
    }  # fmt: skip


def third_answers(case: Case) -> Iterable[object]:
    """Answers to \"was the rule revised?\", for the room of governance."""
    return case.answers.filter(question=3).order_by("pk")

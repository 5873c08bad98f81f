"""Cases for other systems: the same reads and the same verbs as the pages."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query

from steelyard.web.alerts.api import PROBLEMS, user_of
from steelyard.web.audit import record
from steelyard.web.cases import acting, actions, queries
from steelyard.web.cases.context import Context, alerts_of, ledger_sums
from steelyard.web.cases.forms import MoveForm
from steelyard.web.cases.models import Case
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs.models import User

router = Router(tags=["cases"])
MOST = 100


LISTS = ("measures", "released")
"""Fields that take several values."""
Scalar = str | int | float | bool | None


class CaseRow(Schema):
    """One case in a list."""

    no: str
    state: str
    state_title: str
    grade: str
    line: str
    area_code: str
    due: dt.datetime | None
    mark: str
    version: int
    episode: int
    closed_at: dt.datetime | None


class CasePage(Schema):
    """A part of the list; ``next_after`` is what to send as ``after``, null at the end."""

    items: list[CaseRow]
    next_after: int | None


class MoveOffer(Schema):
    """A move open to the token's user, with the fields it asks for."""

    move: str
    actor: str
    barred: str
    fields: list[str]
    required: list[str]


class StepRow(Schema):
    """One row of the log."""

    no: int
    at: dt.datetime
    move: str
    actor: str
    from_state: str
    to_state: str
    payload_sha256: str


class CaseFull(CaseRow):
    """One case with its alerts, ledger, log and the moves open now."""

    alerts: list[int]
    ledger_cny: dict[str, str]
    steps: list[StepRow]
    moves: list[MoveOffer]


class Act(Schema):
    """A move: ``version`` is the last step seen and must be sent, ``data`` the fields of its form."""

    move: str
    version: int | None = None
    data: dict[str, Scalar | list[str]] = {}


def _row(case: Case) -> dict[str, Any]:
    return {
        "no": case.no, "state": case.state, "state_title": queries.state_title(case), "grade": case.grade,
        "line": case.line, "area_code": case.area_code, "due": case.due, "mark": case.mark, "version": case.version,
        "episode": case.episode, "closed_at": case.closed_at,
    }  # fmt: skip


def _offer(case: Case, offer: acting.Offer, user: User) -> dict[str, Any]:
    fields = MoveForm(Context(case, offer.move, offer.actor, user)).fields
    return {
        "move": offer.move.name, "actor": offer.actor, "barred": str(offer.barred), "fields": list(fields),
        "required": [name for name, field in fields.items() if field.required],
    }  # fmt: skip


@router.get("/cases", response={200: CasePage, **PROBLEMS})
def list_cases(
    request: HttpRequest, grade: str = "", state: str = "", area: str = "", mine: bool = False, late: bool = False,
    after: int = Query(0, ge=0, le=9_223_372_036_854_775_807), limit: int = Query(50, ge=1, le=MOST),
) -> dict[str, Any]:  # fmt: skip
    """Cases of the token's user in the order in which they were opened."""
    filters = queries.Filters(grade=grade, state=state, area=area, mine="1" if mine else "", late="1" if late else "")
    found = list(queries.listed(user_of(request), filters).filter(pk__gt=after).order_by("pk")[: limit + 1])
    shown = found[:limit]
    return {"items": [_row(case) for case in shown], "next_after": shown[-1].pk if len(found) > limit else None}


@router.get("/cases/{no}", response={200: CaseFull, **PROBLEMS})
def get_case(request: HttpRequest, no: str) -> dict[str, Any]:
    """One case, and what the token's user may do on it now."""
    case = _visible(request, no)
    record.write("case.seen", by=user_of(request), subject=case, case_no=case.no)
    return _full(case, user_of(request))


@router.post("/cases/{no}/actions", response={200: CaseFull, **PROBLEMS})
def act_on_case(request: HttpRequest, no: str, act: Act) -> dict[str, Any]:
    """Make one move, or ask for the second signature where it needs one.

    409: the version is missing or somebody acted meanwhile, a field is missing, or the move is barred.
    """
    user = user_of(request)
    case, data = _visible(request, no), _texts(act.data)
    if act.version is None:
        raise actions.NoVersion
    move = workflow_of(case.workflow).moves.get(act.move)
    verb = actions.ask_signature if move and "second_signature" in move.needs else actions.act
    verb(case, act.move, by=user, data=data, version=act.version)
    left = queries.case_by_no(user, no)
    if left is None:
        raise Http404
    return _full(left, user)


def _texts(data: dict[str, Scalar | list[str]]) -> dict[str, str | list[str]]:
    """The fields as a form would send them.  Raises HttpError 422 for a list where one value belongs."""
    found: dict[str, str | list[str]] = {}
    for name, value in data.items():
        if isinstance(value, list) != (name in LISTS):
            raise HttpError(422, f"{name}: {'a list of texts' if name in LISTS else 'one value'} is needed")
        if value is not None:
            found[name] = value if isinstance(value, list) else str(value)
    return found


def _full(case: Case, user: User) -> dict[str, Any]:
    return _row(case) | {
        "alerts": [alert.pk for alert in alerts_of(case)],
        "ledger_cny": {kind: f"{amount:f}" for kind, amount in ledger_sums(case).items()},
        "steps": list(case.steps.order_by("no")),
        "moves": [_offer(case, offer, user) for offer in acting.offers(case, user)],
    }  # fmt: skip


def _visible(request: HttpRequest, no: str) -> Case:
    case = queries.case_by_no(user_of(request), no[:40].replace("\x00", ""))
    if case is None:
        raise Http404
    return case

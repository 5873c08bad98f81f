"""Alerts for other systems: the same reads and the same verb as the pages."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from steelyard.web.alerts import actions, queries
from steelyard.web.alerts.masking import masked_sections, masked_values
from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.titles import titles
from steelyard.web.audit import record
from steelyard.web.orgs.models import User

router = Router(tags=["alerts"])
MOST = 100


class Problem(Schema):
    """An error as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: Any = ""


PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class AlertRow(Schema):
    """One alert in a list."""

    id: int
    title: str
    model: str
    model_version: str
    grade: str
    state: str
    verdict: str
    area_code: str
    line: str
    amount_cny: Decimal | None
    raised_at: dt.datetime
    case_no: str


class AlertPage(Schema):
    """A part of the list; ``next_after`` is the id to go on from, null at the end."""

    items: list[AlertRow]
    next_after: int | None


class AlertFull(AlertRow):
    """One alert with what it rests on."""

    episode: int
    fingerprint: str
    pool_version: int
    as_of: dt.date
    key: dict[str, Any]
    payload: dict[str, Any]
    evidence: list[dict[str, Any]]
    data_gone: bool


class Note(Schema):
    text: str


def user_of(request: HttpRequest) -> User:
    """The user whose token was sent."""
    assert isinstance(request.user, User)
    return request.user


def _row(alert: Alert, title: str) -> dict[str, Any]:
    return {
        "id": alert.pk, "title": title, "model": alert.model_id, "model_version": alert.model_version,
        "grade": alert.grade, "state": alert.state, "verdict": alert.verdict, "area_code": alert.area_code,
        "line": alert.line, "amount_cny": alert.amount_involved, "raised_at": alert.raised_at, "case_no": alert.case_no,
    }  # fmt: skip


@router.get("/alerts", response={200: AlertPage, **PROBLEMS})
def list_alerts(
    request: HttpRequest, grade: str = "", model: str = "", state: str = "", verdict: str = "", area: str = "",
    after: int = Query(0, ge=0, le=9_223_372_036_854_775_807), limit: int = Query(50, ge=1, le=MOST),
) -> dict[str, Any]:  # fmt: skip
    """Alerts of the token's user by id, with the filters of the page."""
    user = user_of(request)
    filters = queries.Filters(grade=grade, model=model, state=state, verdict=verdict, area=area)
    found = list(queries.listed(user, filters).filter(pk__gt=after).order_by("pk")[: limit + 1])
    shown = found[:limit]
    said = titles(user, shown)
    items = [_row(alert, said[alert.pk]) for alert in shown]
    return {"items": items, "next_after": shown[-1].pk if len(found) > limit else None}


@router.get("/alerts/{alert_id}", response={200: AlertFull, **PROBLEMS})
def get_alert(request: HttpRequest, alert_id: int) -> dict[str, Any]:
    """One alert with its frozen evidence; subjects are keys, never numbers of persons."""
    alert = _visible(request, alert_id)
    record.write("alert.seen", by=user_of(request), subject=alert, case_no=alert.case_no)
    return _row(alert, alert.title(user_of(request))) | {
        "episode": alert.episode, "fingerprint": alert.fingerprint, "pool_version": alert.pool_version,
        "as_of": alert.as_of, "key": masked_values(alert.key), "payload": masked_values(alert.payload),
        "evidence": masked_sections(alert.evidence),
        "data_gone": alert.data_gone,
    }  # fmt: skip


@router.post("/alerts/{alert_id}/flag", response={204: None, **PROBLEMS})
def flag_alert(request: HttpRequest, alert_id: int, note: Note) -> tuple[int, None]:
    """\"This model needs tuning\"."""
    actions.flag_model(_visible(request, alert_id), by=user_of(request), text=note.text)
    return 204, None


def _visible(request: HttpRequest, alert_id: int) -> Alert:
    if not 0 <= alert_id <= 9_223_372_036_854_775_807:
        raise Http404
    alert: Alert | None = queries.alerts.visible_to(user_of(request)).filter(pk=alert_id).first()
    if alert is None:
        raise Http404
    return alert

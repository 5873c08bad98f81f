"""Finding to alert: opened, revised, raised, seen again, or gone.  The same findings again change nothing."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import psycopg
from django.db import transaction

from steelyard.catalogue import SupervisionModel
from steelyard.detect import Finding, Move, Releases, findings_since, moves_since, releases_on
from steelyard.web.alerts.models import LIMIT, ON_PROBATION, Alert, AlertState, PullMark, Revision, graver
from steelyard.web.audit import record
from steelyard.web.orgs import clock
from steelyard.web.orgs.actions import users_to_keep_away
from steelyard.web.workbench.shelf import model_or_none

GONE = "vanished"
"""State of a finding that later data no longer bear out."""
AGAIN_WITHIN = dt.timedelta(days=180)
"""Closed for less long than this, a matter seen again is the same alert's next episode."""
MOST_NEW = 500
"""New alerts of one model at once beyond which a person looks first, where the model names no other limit."""
BATCH = 500
ModelOf = Callable[[str], SupervisionModel | None]


@dataclass
class PullReport:
    """What one pull did."""

    raised: int = 0
    revised: int = 0
    again: int = 0
    gone: int = 0
    held: int = 0
    last_seq: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """Findings of models this catalogue does not have, by model."""


def pull(connection: "psycopg.Connection[Any]", *, model_of: ModelOf = model_or_none) -> PullReport:
    """Take over all findings since the last pull, in batches; each batch with its mark in one transaction.

    ``connection``: may read schema ``engine``.
    """
    take_moves(moves_since(connection, _mark("moves").last_seq))
    report = PullReport(last_seq=_mark().last_seq)
    life = releases_on(connection, clock.today())
    while True:
        batch = list(findings_since(connection, report.last_seq, BATCH * 20))
        if not batch:
            return report
        take_over(batch, report=report, model_of=model_of, life=life)


@transaction.atomic
def take_moves(moves: Iterable[Move]) -> None:
    """Let alerts follow findings whose person turned out to be another's records.

    Where both had an alert, each stays: the one whose finding is gone says where the matter goes on.
    """
    mark = PullMark.objects.select_for_update().get(pk=_mark("moves").pk)
    fresh = [move for move in moves if move.id > mark.last_seq]
    for move in fresh:
        for alert in Alert.objects.filter(fingerprint=move.from_fingerprint).order_by("episode"):
            _follow(alert, move)
    if fresh:
        mark.last_seq = fresh[-1].id
        mark.save(update_fields=["last_seq"])
        record.write("alerts.moved", by=None, moves=len(fresh))


def _follow(alert: Alert, move: Move) -> None:
    if move.joined or Alert.objects.filter(fingerprint=move.to_fingerprint, episode=alert.episode).exists():
        keep_revision(alert, "joined")
        return
    alert.fingerprint = move.to_fingerprint
    alert.save(update_fields=["fingerprint"])
    keep_revision(alert, "moved")


@transaction.atomic
def take_over(
    findings: Iterable[Finding], *, report: PullReport | None = None, model_of: ModelOf = model_or_none,
    life: Releases | None = None,
) -> PullReport:  # fmt: skip
    """Turn findings into alerts and remember the last one, in one transaction.

    ``life``: which models are on probation where; their reds go to the dispatcher first.
    """
    done = report or PullReport()
    mark = PullMark.objects.select_for_update().get(pk=_mark().pk)
    fresh = sorted((one for one in findings if one.seq > mark.last_seq), key=lambda one: one.seq)
    if not fresh:
        return done
    known = _known(one.fingerprint for one in fresh)
    raising: list[Alert] = []
    limits = _held_models(fresh, known, model_of)
    for finding in fresh:
        model = model_of(finding.model)
        if model is None:
            done.skipped[finding.model] = done.skipped.get(finding.model, 0) + 1
            continue
        held_for = LIMIT if finding.model in limits else ON_PROBATION if _doubted(finding, life) else ""
        alert = _take(finding, model, known.get(finding.fingerprint), held_for, done)
        if alert:
            raising.append(alert)
    _raise(raising)
    mark.last_seq = done.last_seq = fresh[-1].seq
    mark.save(update_fields=["last_seq"])
    record.write("alerts.pulled", by=None, raised=done.raised, revised=done.revised, gone=done.gone, seq=mark.last_seq)
    return done


def _mark(name: str = "findings") -> PullMark:
    return PullMark.objects.get_or_create(name=name)[0]


def _known(fingerprints: Iterable[str]) -> dict[str, Alert]:
    """The latest alert of each matter."""
    rows = Alert.objects.filter(fingerprint__in=set(fingerprints)).order_by("episode", "pk")
    return {alert.fingerprint: alert for alert in rows}


def _held_models(findings: list[Finding], known: Mapping[str, Alert], model_of: ModelOf) -> set[str]:
    """Models that raise more new alerts at once than their ``run_limits`` allow."""
    new = Counter(one.model for one in findings if one.state != GONE and one.fingerprint not in known)
    limits = {name: model.run_limits.get("max_new", MOST_NEW) for name in new if (model := model_of(name))}
    return {name for name, count in new.items() if count > int(limits.get(name, MOST_NEW))}


def _doubted(finding: Finding, life: Releases | None) -> bool:
    on_probation = life is not None and life.phase(finding.model, finding.area_code or "") == "probation"
    return on_probation and finding.grade == "red"


def _take(
    finding: Finding, model: SupervisionModel, alert: Alert | None, held_for: str, done: PullReport
) -> Alert | None:  # fmt: skip
    """Take one finding over.  Returns the alert that is yet to be raised for it, if it is new."""
    if finding.state == GONE:
        if alert is not None and _is_live(alert) and not alert.data_gone:
            _gone(alert, finding)
            done.gone += 1
        return None
    if alert is None:
        done.raised, done.held = done.raised + 1, done.held + bool(held_for)
        return _new(finding, model, held_for=held_for)
    if _is_live(alert):
        _revise(alert, finding, model)
        done.revised += 1
    elif alert.decided_at and clock.now() - alert.decided_at <= AGAIN_WITHIN:
        _again(alert, finding, model)
        done.again += 1
    elif alert.state != AlertState.DISCARDED:
        done.raised += 1
        return _new(finding, model, held_for=held_for, previous=alert)
    return None


def _is_live(alert: Alert) -> bool:
    return alert.state not in (AlertState.DECIDED, AlertState.DISCARDED)


def _new(finding: Finding, model: SupervisionModel, *, held_for: str, previous: Alert | None = None) -> Alert:
    state = AlertState.HELD if held_for else AlertState.OPEN
    alert = Alert(
        fingerprint=finding.fingerprint, episode=previous.episode + 1 if previous else 1, previous=previous,
        held_for=held_for,
        state=AlertState.SHADOW if model.status != "ready" else state, grade=finding.grade,
        model_id=model.id, domain=model.domain, line=model.line, key=_json(finding.key),
    )  # fmt: skip
    _copy(alert, finding, model)
    return alert


def _raise(alerts: list[Alert]) -> None:
    """Store new alerts, each with its first revision."""
    Alert.objects.bulk_create(alerts)
    Revision.objects.bulk_create([_revision(alert, "raised", 1) for alert in alerts])


def _revise(alert: Alert, finding: Finding, model: SupervisionModel) -> None:
    """New evidence on an open alert; its grade rises, and falls only where it turns out to rest on a guess of who."""
    before = alert.grade
    _copy(alert, finding, model)
    alert.grade = finding.grade if finding.grade_reason else graver(before, finding.grade)
    alert.data_gone = False
    alert.save()
    keep_revision(alert, "changed")


def _again(alert: Alert, finding: Finding, model: SupervisionModel) -> None:
    """Seen again soon after it was closed: the same alert, next episode."""
    _copy(alert, finding, model)
    alert.episode += 1
    alert.grade = graver(alert.grade, finding.grade)
    alert.state, alert.verdict, alert.root_cause = AlertState.OPEN, "", ""
    alert.decided_at, alert.data_gone = None, False
    alert.save()
    keep_revision(alert, "again")


def _gone(alert: Alert, finding: Finding) -> None:
    """Kept as it was: what people look at must not change because somebody changed the data."""
    alert.data_gone, alert.finding_seq = True, finding.seq
    alert.save(update_fields=["data_gone", "finding_seq"])
    keep_revision(alert, "gone", pool_version=finding.pool_version, as_of=finding.as_of)


def _copy(alert: Alert, finding: Finding, model: SupervisionModel) -> None:
    payload, evidence = _json(finding.payload), [_json(table) for table in finding.evidence]
    alert.area_code = (finding.area_code or "").ljust(12, "0")[:12] if finding.area_code else ""
    alert.model_version, alert.param_hash = finding.model_version, finding.param_hash
    alert.finding_seq, alert.pool_version, alert.as_of = finding.seq, finding.pool_version, finding.as_of
    alert.grade_model, alert.grade_reason = finding.model_grade, finding.grade_reason or {}
    alert.identity_tier = finding.identity_tier or ""
    alert.title_zh, alert.title_en = str(finding.title.get("zh", ""))[:500], str(finding.title.get("en", ""))[:500]
    alert.payload, alert.evidence = payload, evidence
    alert.evidence_hash = hashlib.sha256(json.dumps(evidence, sort_keys=True).encode()).hexdigest()
    subjects = {column: str(value) for column, value in finding.subjects.items() if value}
    alert.subjects, alert.subject_keys = subjects, sorted(set(subjects.values()))
    alert.recused = users_to_keep_away(alert.subject_keys) if alert.subject_keys else []
    alert.amount_kind, alert.amount_involved = _amount(model, payload)


def _amount(model: SupervisionModel, payload: Mapping[str, Any]) -> tuple[str, Decimal | None]:
    """Which output column is the money of the matter, and whether somebody owes it."""
    money = model.disposal.get("money") or {}
    for kind in ("recoverable", "involved"):
        value = payload.get(str(money.get(kind, "")))
        if value is not None:
            try:
                return kind, Decimal(str(value)).quantize(Decimal("0.01"))
            except InvalidOperation:
                return kind, None
    return "involved", None


def keep_revision(alert: Alert, kind: str, **differs: Any) -> None:
    """Write down what an alert rests on now; ``differs``: fields of the revision that are otherwise."""
    _revision(alert, kind, alert.revisions.count() + 1, **differs).save()


def _revision(alert: Alert, kind: str, number: int, **differs: Any) -> Revision:
    values = {
        "grade": alert.grade, "payload": alert.payload, "evidence": alert.evidence, "as_of": alert.as_of,
        "finding_seq": alert.finding_seq, "pool_version": alert.pool_version, "model_version": alert.model_version,
    } | differs  # fmt: skip
    return Revision(alert=alert, no=number, episode=alert.episode, kind=kind, **values)


def _json(value: Mapping[str, Any]) -> dict[str, Any]:
    """Dates and decimals as text, so that what is frozen reads the same for ever."""
    return dict(json.loads(json.dumps(dict(value), default=str, ensure_ascii=False)))

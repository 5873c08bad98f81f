"""Works out what people asked of models, and carries it to the engine once enough of them agree."""

import datetime as dt
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from steelyard import detect
from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.detect import backtest, deciding, gates, local_values, sweeps, texts
from steelyard.detect.dossier import Asked, facts
from steelyard.detect.effects import effect
from steelyard.detect.gates import Facts
from steelyard.engines.postgres import Role as DatabaseRole
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Pool
from steelyard.web.audit import record
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.workbench import figures
from steelyard.web.workbench.models import Kind, Motion, Says, State
from steelyard.web.workbench.motions import answers_for

Connection = psycopg.Connection[Any]
PULL = "cases.pull_findings"
"""The rooms above take findings over; they are asked by name, for this room does not know them."""


class TextMoved(SteelyardError):
    """The text is another one than when it was asked for: ask again."""


@transaction.atomic
def carry(pk: int) -> bool:
    """Bring a motion one step on; one worker at a time.  True where findings may have changed and are taken over."""
    motion = Motion.objects.select_for_update(of=("self",)).select_related("by").filter(pk=pk).first()
    if motion is None or motion.state not in (State.LOOKING, State.SHOWN, State.OPEN):
        return False
    said = {word.says for word in motion.words.all()}
    if Says.DROP in said or Says.REFUSE in said:
        _move(motion, State.DROPPED if Says.DROP in said else State.REFUSED)
        return False
    try:
        changed = _forward(motion, said)
    except SteelyardError as error:
        _move(motion, State.FAILED, message=str(error))
        return False
    if changed:
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()
    return changed


def _forward(motion: Motion, said: set[str]) -> bool:
    if motion.state == State.LOOKING:
        if motion.kind == Kind.SWEEP:
            return _decide(motion)
        motion.effect = _worked_out(motion)
        _move(motion, State.SHOWN if motion.by_id else State.OPEN)
    if motion.state == State.SHOWN and Says.SUBMIT in said:
        _move(motion, State.OPEN)
    if motion.state == State.OPEN and _enough(motion):
        return _decide(motion)
    return False


def _move(motion: Motion, state: State, *, message: str = "", result: dict[str, Any] | None = None) -> None:
    motion.state, motion.message = state, message
    motion.result = result or motion.result
    motion.finished = None if motion.under_way else clock.now()
    motion.save(update_fields=["state", "message", "result", "effect", "finished"])
    record.write(f"model.motion_{state}", by=None, subject=motion.model_id, motion=motion.pk)


def agreeing(motion: Motion) -> list[str]:
    """Login names of those who agree, in the order in which they did."""
    words = motion.words.filter(says=Says.AGREE).select_related("by")
    return [word.by.username for word in words]


def _enough(motion: Motion) -> bool:
    """Enough people agree, each counted once whatever accounts he has, and one of them answers for the whole area."""
    words = list(motion.words.filter(says=Says.AGREE).select_related("by"))
    needed = gates.APPROVALS[motion.asked["phase"]] if motion.kind == Kind.RELEASE else 1
    author = motion.effect.get("author", "")
    strangers = {word.by for word in words if word.by.username != author}
    people = {one.subject_key or one.username for one in strangers}
    return len(people) >= needed and any(answers_for(one, motion.area) for one in strangers)


def own_catalogue() -> Catalogue:
    return load_catalogue(settings.STEELYARD_CATALOGUE, settings.STEELYARD_HOME.models)


def _text(connection: Connection, motion: Motion, catalogue: Catalogue) -> SupervisionModel:
    """The text that was asked about; one that runs may be put on probation or retire whatever the catalogue holds."""
    model = catalogue.models.get(motion.model_id)
    if model is not None and model.sha256 == motion.sha256:
        return model
    if motion.asked.get("phase") in ("probation", "retired"):
        return texts.kept(connection, motion.sha256)
    raise TextMoved


def _worked_out(motion: Motion) -> dict[str, Any]:
    catalogue = own_catalogue()
    with database_of_pages().transaction(DatabaseRole.WORKER) as connection:
        if motion.kind == Kind.RELEASE:
            return _gates(connection, catalogue, motion)
        return _effect(connection, catalogue, motion)


def _gates(connection: Connection, catalogue: Catalogue, motion: Motion) -> dict[str, Any]:
    model = _text(connection, motion, catalogue)
    deciding.may_follow(connection, model, motion.asked["phase"], motion.area, _day(motion))
    known = _facts(connection, catalogue, model, motion)
    report = backtest.newest(connection, model.sha256)
    return {
        "gates": gates.told(gates.gates(known)), "author": known.author, "private": list(known.private_columns),
        "unverified": list(known.unverified), "backtest": report[0] if report else None,
        "lost": report[1]["lost"] if report else [],
    }  # fmt: skip


def _facts(connection: Connection, catalogue: Catalogue, model: SupervisionModel, motion: Motion) -> Facts:
    report = backtest.newest(connection, model.sha256)
    lost = [one["fingerprint"] for one in report[1]["lost"]] if report else []
    asked = Asked(
        phase=motion.asked["phase"], area=motion.area, proposed_by=motion.by.username if motion.by else "",
        approved_by=tuple(agreeing(motion)), privacy_read=bool(motion.asked.get("privacy_read")),
        backtest_read=bool(motion.asked.get("backtest_read")),
        signed=lost if motion.asked.get("sign_losses") else (), successor=motion.asked.get("successor") or None,
    )  # fmt: skip
    verdicts = figures.verdicts(model.id, model.version.rsplit(".", 1)[0])
    return facts(connection, catalogue, model, asked, day=clock.today(), verdicts=verdicts)


def _effect(connection: Connection, catalogue: Catalogue, motion: Motion) -> dict[str, Any]:
    model = catalogue.models[motion.model_id]
    ends = motion.asked.get("ends")
    found = effect(
        pool(), catalogue, connection, model, area=motion.area, values=motion.asked.get("values") or {},
        as_of=clock.today(), ending=ends,
    )  # fmt: skip
    held = {one.id: dict(one.values) for one in local_values.local_values(connection, model.id)}
    return found.told() | ({"values": held.get(ends, {})} if ends else {})


def _decide(motion: Motion) -> bool:
    """Write it down in the engine, and let the model look again in one go."""
    catalogue = own_catalogue()
    with database_of_pages().transaction(DatabaseRole.WORKER) as connection:
        done = _earlier(connection, motion)
        done = _write(connection, catalogue, motion) if done is None else done
    report = None
    if motion.kind != Kind.SWEEP and motion.asked.get("phase") != "retired":
        report = detect.run(pool(), catalogue, database_of_pages(), clock.today(), [motion.model_id], kind="release")
    if report:
        done |= {name: getattr(report, name) for name in ("new", "changed", "vanished", "unchanged")}
        done |= {"failed": report.failed} if report.failed else {}
    _move(motion, State.DONE, result=done)
    return True


def _earlier(connection: Connection, motion: Motion) -> dict[str, Any] | None:
    """What was written, where the job was cut off after it."""
    if motion.kind == Kind.SWEEP:
        row = connection.execute(
            "SELECT id FROM engine.sweep_campaign WHERE id = %s AND opened = %s AND decided_by = %s AND reason = %s",
            [motion.asked["campaign"], motion.asked["open"], motion.by.username if motion.by else "", motion.reason],
        ).fetchone()
        return {} if row else None
    table = "engine.release" if motion.kind == Kind.RELEASE else "engine.parameter_override"
    row = connection.execute(f"SELECT id FROM {table} WHERE motion = %s", [motion.pk]).fetchone()
    return {"row": int(row[0])} if row else None


def _write(connection: Connection, catalogue: Catalogue, motion: Motion) -> dict[str, Any]:
    asker, agreed = motion.by.username if motion.by else "", agreeing(motion)
    if motion.kind == Kind.SWEEP:
        routed = sweeps.decide(
            connection, motion.asked["campaign"], opened=motion.asked["open"], by=asker, reason=motion.reason
        )
        return {"routed": routed}
    if motion.kind == Kind.RELEASE:
        model = _text(connection, motion, catalogue)
        decision = deciding.Decision(
            motion.asked["phase"], motion.area, _day(motion), asker or "drift", tuple(agreed), motion.reason,
            evidence={name: motion.effect.get(name) for name in ("private", "backtest", "lost", "drift")},
            motion=motion.pk,
        )  # fmt: skip
        number, routed = deciding.decide(connection, model, decision, _facts(connection, catalogue, model, motion))
        return {"row": number, "routed": routed}
    if motion.kind == Kind.END:
        number = local_values.end(
            connection, motion.asked["ends"], on=dt.date.fromisoformat(motion.asked["on"]), reason=motion.reason,
            proposed_by=asker, approved_by=agreed[0], motion=motion.pk,
        )  # fmt: skip
        return {"row": number}
    until = motion.asked.get("until")
    number = local_values.put(
        connection, catalogue.models[motion.model_id], area=motion.area, values=motion.asked["values"],
        since=_day(motion), until=dt.date.fromisoformat(until) if until else None, reason=motion.reason,
        proposed_by=asker, approved_by=agreed[0], effect=motion.effect, motion=motion.pk,
    )  # fmt: skip
    return {"row": number}


def _day(motion: Motion) -> dt.date:
    return dt.date.fromisoformat(motion.asked["since"])


def pool() -> Pool:
    return Pool.open(settings.STEELYARD_HOME, database_of_pages(), settings.STEELYARD_CATALOGUE)

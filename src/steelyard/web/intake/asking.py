"""Asking interfaces for rows and doing what stewards ordered: what jobs do with the pool."""

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from steelyard.identity import IdentityKeys, RehearsalKeys
from steelyard.kit.errors import SteelyardError
from steelyard.pool import CannotBeAsked, Landing, Run
from steelyard.web.intake import delivery_facts, masking
from steelyard.web.intake.actions import finish
from steelyard.web.intake.actions.orders import sealed_for
from steelyard.web.intake.catalogue_files import calendar, interfaces
from steelyard.web.intake.models import Order, OrderKind, OrderState, Pause
from steelyard.web.intake.pool_link import database_of_pages, pool
from steelyard.web.orgs import clock, keyring


def due(now: dt.datetime) -> list[str]:
    """Interfaces whose schedule wants a run, whose circuit is closed and that nobody paused."""
    paused = set(Pause.objects.filter(ended=None).values_list("interface", flat=True))
    return [one.id for one in pool().due(now) if one.id not in paused]


def fetch(interface: str, *, forced: bool = False) -> Run | None:
    """One run; None where the interface left the catalogue.  What a department's system does wrong is in the run."""
    known = interfaces().get(interface)
    if known is None:
        return None
    return pool().fetch(known, assign=_keys(), received_on=clock.today(), forced=forced)


def changed(landings: Sequence[Landing]) -> bool:
    """Whether anything in the pool is other than it was."""
    receipts = [receipt for landing in landings if not landing.repeated for receipt in landing.receipts]
    return any(receipt.admitted or receipt.removed for receipt in receipts)


def _keys() -> IdentityKeys:
    return IdentityKeys(database_of_pages())


def log_runs() -> None:
    """Land the finished runs as rows of the interface log; the next look sees them."""
    pool().log_runs(assign=_keys(), received_on=clock.today())


def judge_lateness(now: dt.datetime) -> None:
    """Open and close the incidents of interfaces that are late."""
    pool().note_late(now, calendar=calendar())


def fulfil(order: Order) -> bool:
    """Do what was ordered and keep what became of it.  True where there is something new to look at."""
    try:
        return WAYS[OrderKind(order.kind)](order)
    except (SteelyardError, CannotBeAsked) as error:
        finish(order, OrderState.FAILED, message=str(error))
        return False
    except Exception:
        # The edge of a job: who ordered it is told, the job fails, and the reason stands in the worker's log.
        finish(order, OrderState.FAILED, message=_("It could not be done. The operator finds the reason in the log."))
        raise


def _fetch(order: Order) -> bool:
    run = fetch(order.interface, forced=True)
    if run is None or run.state in ("failed", "skipped"):
        finish(order, OrderState.FAILED, message=run.error if run else _("The catalogue has no such interface."))
        return False
    message = _("Nothing new was there.") if run.state == "nothing" else run.error
    return _finish(order, run.landings, message)


def _finish(order: Order, landings: Sequence[Landing], message: str = "") -> bool:
    refused = [one for one in landings if one.state == "refused"]
    told = message or "; ".join(one.message for one in landings if one.message)
    result: Mapping[str, Any] = {
        "receipts": [asdict(receipt) for one in landings for receipt in one.receipts],
        "delivery": landings[-1].delivery if landings else None,
    }
    finish(order, OrderState.FAILED if refused else OrderState.DONE, message=told, result=result)
    return changed(landings)


def _replay(order: Order) -> bool:
    landings = pool().replay(
        delivery=str(order.delivery), assign=_keys(), received_on=clock.today(), received_by=order.by.username
    )
    return _finish(order, landings)


def _correct(order: Order) -> bool:
    said = json.loads(keyring.unseal(order.sealed, place=sealed_for(order.pk)))
    with tempfile.TemporaryDirectory(dir=settings.STEELYARD_HOME.root) as folder:
        path = Path(folder) / "corrected.csv"
        path.write_text(_sent_back(said["row"], said["values"]), encoding="utf-8")
        landings = pool().replay(
            corrected=path, assign=_keys(), received_on=clock.today(), received_by=order.by.username
        )
    return _finish(order, landings)


def _withdraw(order: Order) -> bool:
    made = pool().withdraw(
        str(order.delivery), reason=order.reason, by=order.by.username,
        approved_by=order.second.username if order.second else "", assign=RehearsalKeys(database_of_pages()),
    )  # fmt: skip
    finish(order, OrderState.DONE, result={"withdrawn": asdict(made)})
    return made.pool_version is not None


def _sent_back(number: int, values: Mapping[str, str]) -> str:
    """The row as a department would send it back: its covered columns as they are, the corrected ones anew."""
    entry = delivery_facts.held_row(number)
    covered = json.loads(entry[0]["raw"] or "{}") if entry and str(entry[0]["raw"]).startswith("{") else {}
    row = {"steelyard_row": str(number)} | {name: str(v) for name, v in covered.items() if v is not None} | dict(values)
    return masking.as_csv([list(row), list(row.values())])


WAYS: Mapping[OrderKind, Callable[[Order], bool]] = {
    OrderKind.FETCH: _fetch, OrderKind.REPLAY: _replay, OrderKind.CORRECT: _correct,
    OrderKind.WITHDRAW: _withdraw,
}  # fmt: skip

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

from steelyard.identity import IdentityKeys
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
        landings = WAYS[OrderKind(order.kind)](order)
    except (SteelyardError, CannotBeAsked) as error:
        finish(order, OrderState.FAILED, message=str(error))
        return False
    except Exception:
        # The edge of a job: who ordered it is told, the job fails, and the reason stands in the worker's log.
        finish(order, OrderState.FAILED, message=_("It could not be done. The operator finds the reason in the log."))
        raise
    return changed(landings)


def _fetch(order: Order) -> Sequence[Landing]:
    run = fetch(order.interface, forced=True)
    if run is None or run.state in ("failed", "skipped"):
        finish(order, OrderState.FAILED, message=run.error if run else _("The catalogue has no such interface."))
        return ()
    message = _("Nothing new was there.") if run.state == "nothing" else run.error
    _finish(order, run.landings, message)
    return run.landings


def _finish(order: Order, landings: Sequence[Landing], message: str = "") -> None:
    refused = [one for one in landings if one.state == "refused"]
    told = message or "; ".join(one.message for one in landings if one.message)
    result: Mapping[str, Any] = {
        "receipts": [asdict(receipt) for one in landings for receipt in one.receipts],
        "delivery": landings[-1].delivery if landings else None,
    }
    finish(order, OrderState.FAILED if refused else OrderState.DONE, message=told, result=result)


def _replay(order: Order) -> Sequence[Landing]:
    landings = pool().replay(
        delivery=str(order.delivery), assign=_keys(), received_on=clock.today(), received_by=order.by.username
    )
    _finish(order, landings)
    return landings


def _correct(order: Order) -> Sequence[Landing]:
    said = json.loads(keyring.unseal(order.sealed, place=sealed_for(order.pk)))
    with tempfile.TemporaryDirectory(dir=settings.STEELYARD_HOME.root) as folder:
        path = Path(folder) / "corrected.csv"
        path.write_text(_sent_back(said["row"], said["values"]), encoding="utf-8")
        landings = pool().replay(
            corrected=path, assign=_keys(), received_on=clock.today(), received_by=order.by.username
        )
    _finish(order, landings)
    return landings


def _sent_back(number: int, values: Mapping[str, str]) -> str:
    """The row as a department would send it back: its covered columns as they are, the corrected ones anew."""
    entry = delivery_facts.held_row(number)
    covered = json.loads(entry[0]["raw"] or "{}") if entry and str(entry[0]["raw"]).startswith("{") else {}
    row = {"steelyard_row": str(number)} | {name: str(v) for name, v in covered.items() if v is not None} | dict(values)
    return masking.as_csv([list(row), list(row.values())])


WAYS: Mapping[OrderKind, Callable[[Order], Sequence[Landing]]] = {
    OrderKind.FETCH: _fetch, OrderKind.REPLAY: _replay, OrderKind.CORRECT: _correct,
}  # fmt: skip

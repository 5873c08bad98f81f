"""Landing and looking: what jobs do with what was handed in."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.identity import IdentityKeys, link
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Landing, NothingDelivered
from steelyard.web.audit import record
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.models import HandedIn, Stage, Upload
from steelyard.web.intake.pool_link import database_of_pages, pool
from steelyard.web.orgs import clock, registers


def land_upload(upload: Upload) -> bool:
    """Land the uploaded file.  True where there is something new to look at."""
    return _work(upload, lambda keys, today: _land_file(upload, keys, today))


def _land_file(upload: Upload, keys: IdentityKeys, today: dt.date) -> list[Landing]:
    interface = interfaces()[upload.interface]
    lying = interface.files(settings.STEELYARD_HOME.inbox)
    path = next((one for one in lying if one.name == upload.file_name), None)
    if path is None:
        raise NothingDelivered(f"no such file: {upload.file_name}")
    return pool().land_file(interface, path, assign=keys, received_on=today)


def pushed() -> list[str]:
    """Interfaces through which rows came that nobody has landed."""
    return list(pool().pushed())


def flush(interface: str) -> bool:
    """Land what was pushed through an interface.  True where there is something new to look at."""
    landings = pool().flush(assign=IdentityKeys(database_of_pages()), only=[interface])
    for one in landings:
        record.write("delivery.landed", by=None, interface=interface, delivery=one.delivery, stage=one.state)
    return any(one.pool_version for one in landings)


def note_wrong_signature(interface: str, reason: str) -> None:
    """Keep that something came which the interface's key did not sign."""
    record.write("push.signature_wrong", by=None, interface=interface, reason=reason)
    pool().note_wrong_signature(interface, reason)


def _work(handed_in: HandedIn, land: Callable[[IdentityKeys, dt.date], Sequence[Landing]]) -> bool:
    try:
        landings = land(IdentityKeys(database_of_pages()), clock.today())
    except SteelyardError as error:
        _finish(handed_in, Stage.REFUSED, str(error), [])
        return False
    except Exception:
        # The edge of a job: the sender is told, the job fails, and the reason stands in the worker's log.
        _finish(handed_in, Stage.REFUSED, _("It could not be landed. The operator finds the reason in the log."), [])
        raise
    refused = [landing for landing in landings if landing.state == "refused"]
    _finish(
        handed_in,
        Stage.REFUSED if refused else Stage.LANDED,
        "; ".join(landing.message for landing in landings if landing.message),
        landings,
    )
    return not refused


@transaction.atomic
def _finish(handed_in: HandedIn, stage: Stage, message: str, landings: Sequence[Landing]) -> None:
    handed_in.stage, handed_in.message = stage, message
    handed_in.receipts = [asdict(receipt) for landing in landings for receipt in landing.receipts]
    handed_in.delivery = landings[-1].delivery if landings else None
    handed_in.save(update_fields=["stage", "message", "receipts", "delivery"])
    record.write("delivery.landed", by=None, subject=handed_in, interface=handed_in.interface, stage=str(stage))


def look() -> dict[str, int]:
    """Take registers over, link, then let all models look at the newest pool version.  Returns counts of findings.

    Areas and bodies come first: an alert is routed to a body that stands.  Models read who is who as it is linked.
    """
    held = pool()
    registers.take_over(held, database_of_pages())
    link(database_of_pages(), held)
    report = detect.run(
        held,
        load_catalogue(settings.STEELYARD_CATALOGUE, settings.STEELYARD_HOME.models),
        database_of_pages(),
        clock.today(),
    )
    return {name: getattr(report, name) for name in ("new", "changed", "vanished", "unchanged")}

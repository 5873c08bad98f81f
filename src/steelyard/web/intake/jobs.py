"""Landing and looking: what the worker does with what was handed in.  Every job may run twice."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.identity import IdentityKeys
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Landing, NothingDelivered
from steelyard.web.audit import record
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.models import HandedIn, Stage, Upload
from steelyard.web.intake.pool_link import database_of_pages, pool
from steelyard.web.orgs import clock

PULL = "cases.pull_findings"
"""The room above takes findings over; it is asked by name, for this room does not know it."""


@app.task(queue="ingest", lock="landing")
def land_upload(upload_id: int) -> None:
    """Land the uploaded file, and no other that lies beside it."""
    upload = Upload.objects.filter(pk=upload_id, stage=Stage.WAITING).first()
    if upload:
        _work(upload, lambda keys, today: _land_file(upload, keys, today))


def _land_file(upload: Upload, keys: IdentityKeys, today: dt.date) -> list[Landing]:
    interface = interfaces()[upload.interface]
    lying = interface.files(settings.STEELYARD_HOME.inbox)
    path = next((one for one in lying if one.name == upload.file_name), None)
    if path is None:
        raise NothingDelivered(f"no such file: {upload.file_name}")
    return pool().land_file(interface, path, assign=keys, received_on=today)


@app.periodic(cron="* * * * *")
@app.task(queue="ingest", queueing_lock="flush all")
def flush_all(timestamp: int = 0) -> None:
    """Take up pushes whose own job was lost."""
    for interface in pool().pushed():
        flush_inbox.configure(queueing_lock=f"flush {interface}").defer(interface=interface)


@app.task(queue="ingest", lock="landing")
def flush_inbox(interface: str) -> None:
    """Land what was pushed through one interface; rows that came together become one delivery."""
    landings = pool().flush(assign=IdentityKeys(database_of_pages()), only=[interface])
    for landing in landings:
        record.write("delivery.landed", by=None, interface=interface, delivery=landing.delivery, stage=landing.state)
    if any(landing.pool_version for landing in landings):
        look.configure(lock="models").defer()


@app.task(queue="ingest")
def note_wrong_signature(interface: str, reason: str) -> None:
    """Somebody sent what the interface's key did not sign; the department's steward hears of it."""
    record.write("push.signature_wrong", by=None, interface=interface, reason=reason)


def _work(handed_in: HandedIn, land: Callable[[IdentityKeys, dt.date], Sequence[Landing]]) -> None:
    try:
        landings = land(IdentityKeys(database_of_pages()), clock.today())
    except SteelyardError as error:
        _finish(handed_in, Stage.REFUSED, str(error), [])
        return
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


@transaction.atomic
def _finish(handed_in: HandedIn, stage: Stage, message: str, landings: Sequence[Landing]) -> None:
    handed_in.stage, handed_in.message = stage, message
    handed_in.receipts = [asdict(receipt) for landing in landings for receipt in landing.receipts]
    handed_in.delivery = landings[-1].delivery if landings else None
    handed_in.save(update_fields=["stage", "message", "receipts", "delivery"])
    record.write("delivery.landed", by=None, subject=handed_in, interface=handed_in.interface, stage=str(stage))
    if stage == Stage.LANDED:
        number = handed_in.pk if isinstance(handed_in, Upload) else None
        look.configure(lock="models").defer(upload_id=number)


@app.task(queue="models")
def look(upload_id: int | None = None) -> None:
    """Let all models look at the newest pool version, and have their findings taken over."""
    report = detect.run(pool(), load_catalogue(settings.STEELYARD_CATALOGUE), database_of_pages(), clock.today())
    with transaction.atomic():
        if upload_id is not None:
            counts = {name: getattr(report, name) for name in ("new", "changed", "vanished", "unchanged")}
            Upload.objects.filter(pk=upload_id).update(findings=counts)
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()

"""Landing and looking: what the worker does with what was handed in.  Every job may run twice."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.identity import IdentityKeys
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Landing, NothingDelivered, Pool
from steelyard.sources import Options
from steelyard.web.audit import record
from steelyard.web.intake.catalogue_files import contracts, interfaces
from steelyard.web.intake.lineage import database_of_pages
from steelyard.web.intake.models import HandedIn, Push, Stage, Upload
from steelyard.web.orgs import clock

PULL = "cases.pull_findings"
"""The room above takes findings over; it is asked by name, for this room does not know it."""


def _pool() -> Pool:
    return Pool(settings.STEELYARD_HOME, database_of_pages(), contracts(), interfaces())


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
    return _pool().land_file(interface, path, assign=keys, received_on=today)


@app.task(queue="ingest", lock="landing")
def land_push(push_id: int) -> None:
    """Land pushed rows."""
    push = Push.objects.filter(pk=push_id, stage=Stage.WAITING).first()
    if push is None:
        return
    # Pushed rows carry the same column names as the department's files, but they are JSON whatever those are.
    interface = replace(interfaces()[push.interface], file_format="jsonl", options=Options())
    _work(
        push,
        lambda keys, today: [_pool().push(interface, push.idempotency_key, push.rows, assign=keys, received_on=today)],
    )


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
    report = detect.run(_pool(), load_catalogue(settings.STEELYARD_CATALOGUE), database_of_pages(), clock.today())
    with transaction.atomic():
        if upload_id is not None:
            counts = {name: getattr(report, name) for name in ("new", "changed", "vanished", "unchanged")}
            Upload.objects.filter(pk=upload_id).update(findings=counts)
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()

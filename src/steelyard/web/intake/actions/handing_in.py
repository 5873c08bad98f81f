"""What people and machines do at the intake: they hand in; the worker lands."""

import fnmatch
import hashlib
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.jobs import JobDeferrer

from steelyard.pool import inbox
from steelyard.sources import FileRefused, Interface
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.intake import pressure
from steelyard.web.intake.deferring import once
from steelyard.web.intake.guards import answers_for
from steelyard.web.intake.models import Upload
from steelyard.web.intake.pool_link import pool
from steelyard.web.intake.receipts import link
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role

MAX_BYTES = 200_000_000
LAND_UPLOAD, FLUSH, EVENTS = "intake.land_upload", "intake.flush_inbox", "alerts.take_events"
"""The jobs, asked by name: they call verbs, the last of a room above."""
GATHERED_SECONDS = 60
"""Pushes are seen at once and landed together: so long the first of them waits for others."""
PLAIN_NAME = re.compile(r"[^\w.\-() ]+")


class WrongFile(WebError):
    text = _("This file does not belong to the interface.")


class TooMany(WebError):
    text = _("One push holds at most 10,000 rows. Send the rest under another key.")


class Pressed(WebError):
    text = _("Too many rows wait to be landed. Nothing was taken; send the same again later.")


class KeyTaken(WebError):
    text = _("This idempotency key was used before with other content. Nothing was taken.")


class NotUnderstood(WebError):
    text = _('The body must be a JSON object with a list "rows" of objects.')


def require_steward(by: User) -> None:
    if not by.has_role(Role.STEWARD):
        raise NotAllowed


@transaction.atomic
def upload(interface: Interface, file: UploadedFile, *, by: User) -> Upload:
    """Put a file into the interface's inbox folder and ask the worker to land it.

    Raises NotAllowed without the steward's post, WrongFile where name or size do not fit the interface.
    """
    if not answers_for(by, interface.id):
        raise NotAllowed
    name = _plain_name(file.name or "")
    if not interface.pattern or interface.connector != "file":
        raise WrongFile(_("This interface takes no files."))
    if not _fits(interface, name):
        raise WrongFile(
            _("The file is called %(name)s; this interface takes %(pattern)s.")
            % {"name": name, "pattern": interface.pattern}
        )
    if not file.size:
        raise WrongFile(_("The file is empty."))
    if file.size > MAX_BYTES:
        raise WrongFile(_("The file is larger than 200 MB. Let the department's system deliver it."))
    path, digest = _store(interface, name, file)
    made = Upload.objects.create(interface=interface.id, file_name=path.name, bytes=file.size, sha256=digest, by=by)
    record.write("delivery.uploaded", by=by, subject=made, interface=interface.id, bytes=file.size, sha256=digest)
    _ask(LAND_UPLOAD, lock="landing").defer(upload_id=made.pk)
    return made


def _ask(job: str, **how: Any) -> JobDeferrer:
    return app.configure_task(job, queue="ingest", allow_unknown=True, **how)


def _plain_name(name: str) -> str:
    """The last part of the name without anything a shell or a path could mean."""
    return PLAIN_NAME.sub("_", Path(name.replace("\\", "/")).name).lstrip(".")[:160]


def _fits(interface: Interface, name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in (interface.pattern, interface.pattern + ".gz"))


def inbox_folder(interface: Interface) -> Path:
    """Where the files of an interface lie."""
    inbox: Path = settings.STEELYARD_HOME.inbox
    return Path(interface.folder.replace("${STEELYARD_INBOX}", str(inbox)))


def _store(interface: Interface, name: str, file: UploadedFile) -> tuple[Path, str]:
    folder = inbox_folder(interface)
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / f".incoming-{name}"
    digest = hashlib.sha256()
    with waiting.open("wb") as out:
        for chunk in file.chunks():
            digest.update(chunk)
            out.write(chunk)
    target = _free(folder, name, digest.hexdigest())
    waiting.replace(target)
    return target, digest.hexdigest()


def _free(folder: Path, name: str, digest: str) -> Path:
    """A name that is free, or that holds the same content: nothing that was delivered is overwritten."""
    stem, dot, ending = name.partition(".")
    for number in range(1, 1_000):
        path = folder / (name if number == 1 else f"{stem}-{number}{dot}{ending}")
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return path
    raise WrongFile(_("Too many files of this name lie in the inbox."))


@transaction.atomic
def push(interface: Interface, key: str, body: bytes, *, sender: str, by: User | None = None) -> tuple[int, bool]:
    """Keep pushed rows in the pool's inbox, with what can be told at once to be wrong in them.

    Returns the receipt's number and whether it is new; the same key and body again give the first one's.
    ``sender``: the key that signed, or the account whose token was sent.  Raises TooMany, NotUnderstood, KeyTaken,
    Pressed.
    """
    if pressure.is_pressed():
        raise Pressed
    try:
        problems = pool().examine(interface, body)
        number, new = inbox.accept(link(), interface.id, key, body, clock.today(), sender=sender, problems=problems)
    except inbox.TooManyRows as error:
        raise TooMany from error
    except (inbox.NotRows, FileRefused) as error:
        raise NotUnderstood(str(error)) from error
    except inbox.KeyReused as error:
        raise KeyTaken from error
    if new:
        record.write("delivery.pushed", by=by, interface=interface.id, receipt=number, sender=sender)
        once(app.configure_task(EVENTS, queue="events", queueing_lock=EVENTS, allow_unknown=True))
        later = {"schedule_in": {"seconds": GATHERED_SECONDS}}
        once(_ask(FLUSH, lock="landing", queueing_lock=f"flush {interface.id}", **later), interface=interface.id)
    return number, new

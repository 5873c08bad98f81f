"""Sending a report: no account, no trace of the sender, once even if sent twice."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import keyring
from steelyard.web.orgs.models import Area
from steelyard.web.people import doors, photos, receipts
from steelyard.web.people.actions.steps import move, record_step
from steelyard.web.people.models import Appeal, Photo
from steelyard.web.people.queries import show_draft, show_receipt

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class TooManyPhotos(WebError):
    """A report carries at most eight pictures."""

    text = _("A report carries at most eight pictures.")


@dataclass(frozen=True)
class Report:
    """What the reporter said, complete and checked."""

    draft: str
    village: Area
    door: str
    category: str
    text: str
    identity: str = "anonymous"
    contact: str = ""
    may_publish: bool = False
    person_works_at: str = ""
    matter_kind: str = ""
    matter_key: str = ""


@dataclass(frozen=True)
class Filed:
    """What the reporter gets: the receipt, and whether it was there already."""

    receipt: str
    again: bool


def file_report(report: Report) -> Filed:
    """Store the report.  The same draft sent again gives the same receipt and makes nothing new."""
    receipt = receipts.receipt_of(report.draft)
    digest = receipts.digest(receipt)
    show_receipt(digest)
    try:
        if Appeal.objects.of_receipt(digest).exists():
            return Filed(receipt, again=True)
        try:
            with transaction.atomic():
                _store(report, digest)
        except IntegrityError:
            if not Appeal.objects.of_receipt(digest).exists():
                raise
            return Filed(receipt, again=True)
    finally:
        show_receipt("")
    return Filed(receipt, again=False)


def _store(report: Report, digest: str) -> None:
    if report.door == "accusation":
        receiver = doors.receiver_of_accusation(report.village, report.person_works_at, report.text)
    else:
        receiver = doors.receiver_of_matter(report.village, report.text)
    appeal = Appeal(
        number="".join(secrets.choice(LETTERS) for _place in range(8)),
        door=report.door, category=report.category, village=report.village, matter_kind=report.matter_kind,
        matter_key=report.matter_key, identity=report.identity, receiver=receiver.body, recused=receiver.recused,
        may_publish=report.may_publish and report.door == "matter", receipt_digest=digest,
        draft_digest=receipts.draft_digest(report.draft),
    )  # fmt: skip
    appeal.text = keyring.seal(report.text, place=f"people_appeal:text:{appeal.pk}")
    if report.contact and report.identity != "anonymous":
        appeal.contact = keyring.seal(report.contact, place=f"people_appeal:contact:{appeal.pk}")
    appeal.save(force_insert=True)
    record_step(appeal, "submit")
    if report.door == "accusation":
        move(appeal, "seal", {"system"})


def add_photo(draft: str, data: bytes) -> Photo:
    """Keep the rebuilt picture, sealed.  Raises NotAPicture, TooLarge, TooManyPhotos."""
    clean = photos.rebuild(data)
    digest = receipts.draft_digest(draft)
    show_draft(digest)
    try:
        if Photo.objects.filter(draft_digest=digest).count() >= photos.MOST:
            raise TooManyPhotos
        photo = Photo(draft_digest=digest, kind="image/jpeg", width=clean.width, height=clean.height)
        photo.sealed = photos.seal_bytes(clean.data, place=f"people_photo:{photo.pk}")
        photo.save(force_insert=True)
    finally:
        show_draft("")
    return photo

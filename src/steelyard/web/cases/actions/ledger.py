"""Corrections of the money ledger."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases.acting import parts_of
from steelyard.web.cases.models import Case, LedgerEntry
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User


@transaction.atomic
def take_back(entry: LedgerEntry, *, by: User, reason: str) -> LedgerEntry:
    """Counter an entry with its negative; both stay.  Raises NotAllowed for others than the case's handler."""
    case = Case.objects.visible_to(by).open().select_for_update(of=("self",)).filter(pk=entry.case_id).first()
    if case is None or "handler" not in parts_of(case, by, workflow_of(case.workflow)):
        raise NotAllowed
    if len(reason.strip()) < 4:
        raise WebError(_("Say why the entry is taken back."))
    try:
        with transaction.atomic():
            counter = LedgerEntry.objects.create(
                case=case, alert=entry.alert, kind=entry.kind, amount=-entry.amount, on=clock.today(),
                note=reason.strip()[:400], corrects=entry, by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise WebError(_("This entry cannot be taken back: it was countered already, or others rest on it.")) from error
    record.write("case.ledger_countered", by=by, subject=case, case_no=case.no, entry=entry.pk)
    return counter

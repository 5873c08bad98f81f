"""Files added to a case outside a move."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases.acting import parts_of
from steelyard.web.cases.models import Attachment, Case
from steelyard.web.cases.releases import workflow_of
from steelyard.web.cases.uploads import Cleaned, keep
from steelyard.web.orgs.models import User


@transaction.atomic
def attach_files(case: Case, files: list[Cleaned], *, by: User) -> list[Attachment]:
    """Keep cleaned files with an open case.  Raises NotAllowed for those who play no part in it."""
    seen = Case.objects.visible_to(by).open().filter(pk=case.pk).first()
    if seen is None or not parts_of(seen, by, workflow_of(seen.workflow)):
        raise NotAllowed
    if not files:
        raise WebError(_("Choose a file first."))
    kept = keep(files, by=by, case=seen)
    record.write("case.files_added", by=by, subject=seen, case_no=seen.no, count=len(kept))
    return kept

"""The question sheet: answered by the unit or person concerned, taken over by the system.

Who answers cannot see the case, so the answer lies on the sheet until a job carries it there.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases import flow, uploads
from steelyard.web.cases.actions.act import carry_out
from steelyard.web.cases.context import Context
from steelyard.web.cases.models import Case, Explanation, QuestionSheet
from steelyard.web.cases.queries import sheets_for
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User


class AnswerForm(forms.Form):
    """The explanation, with files or the reason for none."""

    explanation = forms.CharField(
        label=_("Explanation"), min_length=10, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "form-control"}),
    )  # fmt: skip
    files = uploads.FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # fields leave the class
    no_files_because = forms.CharField(
        label=_("If there is no file: why"), required=False, max_length=400,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if not data.get("files") and not data.get("no_files_because"):
            self.add_error("no_files_because", _("Add a file, or say why there is none."))
        return data


class BadAnswer(WebError):
    text = _("Something is missing or wrong; see the marked fields.")

    def __init__(self, form: AnswerForm) -> None:
        self.form = form
        super().__init__()


@transaction.atomic
def answer(sheet: QuestionSheet, *, by: User, data: Mapping[str, Any], files: Any = None) -> Explanation:
    """Put an explanation on the sheet.  Raises NotAllowed for others than its addressees, BadAnswer."""
    locked = sheets_for(by).select_for_update(of=("self",)).filter(pk=sheet.pk).first()
    if locked is None:
        raise NotAllowed
    if locked.answered_at is not None or locked.taken_at is not None:
        raise WebError(_("This sheet was answered already, or its deadline has lapsed."))
    form = AnswerForm(data, files)
    if not form.is_valid():
        raise BadAnswer(form)
    given = form.cleaned_data
    made = Explanation.objects.create(
        sheet=locked, text=given["explanation"], no_files_because=given["no_files_because"], by=by
    )
    uploads.keep(given["files"], by=by, sheet=locked)
    locked.answered_at = clock.now()
    locked.save(update_fields=["answered_at"])
    record.write("sheet.answered", by=by, subject=locked)
    # Queued in this transaction, by name: jobs call verbs, never the reverse.
    jobs.configure_task("cases.take_answers", queue="web").defer()
    return made


def take_answers() -> int:
    """Carry answers from their sheets to their cases; returns how many arrived."""
    waiting = QuestionSheet.objects.filter(answered_at__isnull=False, taken_at__isnull=True)
    return sum(_take(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _take(pk: int) -> int:
    sheet = QuestionSheet.objects.select_for_update().get(pk=pk)
    case = Case.objects.select_for_update(of=("self",)).get(pk=sheet.case_id)
    move = _explaining(workflow_of(case.workflow), case.state)
    last = sheet.explanations.order_by("-pk").first()
    if last is not None and move is not None:
        carry_out(Context(case, move, flow.EXPLAINER, last.by, {"sheet": sheet.pk}))
    sheet.taken_at = clock.now()
    sheet.save(update_fields=["taken_at"])
    return 1


def _explaining(workflow: flow.Workflow, state: str) -> flow.Move | None:
    return next((move for move in workflow.moves_from(state) if flow.EXPLAINER in move.by), None)


def close_lapsed_sheets() -> int:
    """Sheets whose case moved on without them can no longer be answered."""
    now = clock.now()
    lapsed = QuestionSheet.objects.filter(
        answered_at__isnull=True, taken_at__isnull=True, case__explanation_absent=True
    )
    return lapsed.update(taken_at=now)

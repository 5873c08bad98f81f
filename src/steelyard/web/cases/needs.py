"""What each need of a workflow file asks a person for: one function a need, giving form fields."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.web.alerts.models import GRADES, TRUE_VERDICTS, Verdict
from steelyard.web.alerts.titles import titles
from steelyard.web.cases.context import Context, ledger_sums
from steelyard.web.cases.models import LedgerKind, MeasureKind
from steelyard.web.cases.places import addressees, nearby_bodies, released_choices
from steelyard.web.cases.questions import FOUR
from steelyard.web.cases.uploads import FilesField
from steelyard.web.orgs.models import in_language
from steelyard.web.workbench.shelf import model_or_none

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text

Fields = Mapping[str, forms.Field]


def _text(label: "Text", *, required: bool = True, rows: int = 3, most: int = 4000, hint: "Text" = "") -> forms.Field:
    return forms.CharField(
        label=label, required=required, min_length=2, max_length=most, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _choice(label: "Text", choices: Iterable[tuple[str, "Text"]], *, required: bool = True) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=required)


def _day(label: "Text", *, required: bool = True, initial: dt.date | None = None) -> forms.Field:
    return forms.DateField(
        label=label,
        required=required,
        initial=initial,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _verdicts(context: Context) -> Fields:
    shown = titles(context.user, context.alerts)
    found: dict[str, forms.Field] = {}
    causes = {row.alert_id: row.root_cause for row in context.case.verdicts.order_by("pk")}
    for alert in context.alerts:
        found[f"verdict_{alert.pk}"] = forms.ChoiceField(
            label=shown[alert.pk], choices=[("", "—"), *Verdict.choices], initial=context.proposed.get(alert.pk, "")
        )
        found[f"cause_{alert.pk}"] = forms.CharField(
            label=_("Root cause, where the verdict is not true"),
            required=False,
            max_length=400,
            initial=causes.get(alert.pk, ""),
        )
    return found


def _checklist(context: Context) -> Fields:
    items: dict[str, forms.Field] = {}
    for name in sorted({alert.model_id for alert in context.alerts}):
        model = model_or_none(name)
        for item in (model.disposal.get("checklist") or []) if model else []:
            items[f"check_{len(items) + 1}"] = _choice(
                in_language(item["zh"], item["en"]),
                [("done", _("checked")), ("found", _("checked, something found")), ("na", _("not applicable"))],
            )
    return items


def _four(context: Context) -> Fields:
    found: dict[str, forms.Field] = {}
    for question in FOUR:
        found[f"q{question.no}"] = _choice(f"{question.no}. {question.text}", question.values)
        found[f"q{question.no}_text"] = forms.CharField(
            label=_("Question %(no)s: reason, document, list or campaign") % {"no": question.no},
            required=False,
            max_length=1000,
        )
    return found


def _deferral(context: Context) -> Fields:
    answered = context.case.sheets.filter(answered_at__isnull=False).exists()
    if answered or context.case.explanation_absent:
        return {}
    hint = _("Needed for a true verdict while nobody was asked and no deadline lapsed; the reviewer must agree.")
    return {"deferral": _text(_("Why no explanation was asked"), required=False, hint=hint)}


def _attachments(context: Context) -> Fields:
    return {
        "files": FilesField(label=_("Files"), required=False),
        "no_files_because": forms.CharField(
            label=_("If there is no file: why"), required=False, max_length=400
        ),
    }  # fmt: skip


def _addressee(context: Context) -> Fields:
    return {
        "addressee": _choice(_("Who is asked"), addressees(context.case)),
        "released": forms.MultipleChoiceField(
            label=_("Rows to show with the questions"), required=False, choices=released_choices(context.alerts),
            widget=forms.CheckboxSelectMultiple,
        ),
    }  # fmt: skip


def _measures(context: Context) -> Fields:
    return {
        "measures": forms.MultipleChoiceField(
            label=_("Measures"), choices=MeasureKind.choices, widget=forms.CheckboxSelectMultiple
        ),
        "measures_text": forms.CharField(label=_("What exactly"), required=False, max_length=1000),
    }  # fmt: skip


def _ledger_report(context: Context) -> Fields:
    """Money must be settled, planned with a date, or said to play no part."""
    if ledger_sums(context.case)["outstanding"] > 0:
        return {
            "plan": _text(_("Instalment plan for what is outstanding"), rows=2, most=1000),
            "plan_until": _day(_("Paid in full by")),
        }
    if not context.case.ledger.filter(kind__in=["recoverable", "recovered", "fined", "new_income"]).exists():
        return {"no_money_because": forms.CharField(label=_("Why there is no money to recover"), max_length=400)}
    return {}


def _inspection(context: Context) -> Fields:
    due = context.case.inspection_due
    early = due is not None and context.today < due
    found: dict[str, forms.Field] = {
        "inspected_on": _day(_("Inspected on"), initial=context.today),
        "inspection_text": _text(_("What was found")),
    }
    if early:
        found["early_because"] = forms.CharField(
            label=_("Why the inspection is done before its day"), min_length=4, max_length=400
        )
    return found


def _new_due(context: Context) -> Fields:
    return {"new_due": _day(_("New deadline"))}


def _raise_to(context: Context) -> Fields:
    higher = GRADES[: GRADES.index(context.case.grade)]
    return {"new_grade": _choice(_("New grade"), [(grade, _(grade.capitalize())) for grade in higher])}


REASON_CODES = [
    ("wrong_body", _("another body is responsible")),
    ("wrong_area", _("another area is responsible")),
    ("conflict", _("conflict of interest")),
    ("other", _("other")),
]
CONCLUSIONS = [("substantiated", _("substantiated")), ("not", _("not substantiated")), ("other", _("other"))]
CAUSES = {
    "new_evidence": _("new evidence"),
    "recurrence_within_180d": _("seen again within 180 days"),
    "quality_sample_failed": _("quality sample failed"),
    "follow_up_failed_late": _("follow-up failed later"),
    "people_dissatisfied": _("people dissatisfied"),
    "appeal_of_person_concerned": _("appeal of the person concerned"),
}

FIELDS: Mapping[str, Callable[[Context], Fields]] = {
    "merged_into": lambda c: {
        "merged_into": forms.CharField(label=_("Number of the case to merge into"), max_length=40)
    },
    "reason": lambda c: {"reason": _text(_("Reason"), most=1000)},
    "reason_code": lambda c: {"reason_code": _choice(_("Reason"), REASON_CODES)},
    "proposed_org": lambda c: {"proposed_org": _choice(_("Proposed body"), nearby_bodies(c.case))},
    "questions": lambda c: {"questions": _text(_("Questions, one a line"))},
    "addressee": _addressee,
    "explanation": lambda c: {"explanation": _text(_("Explanation"), rows=8, most=8000)},
    "attachments_or_reason": _attachments,
    "verdict_per_alert": _verdicts,
    "findings": lambda c: {"findings": _text(_("What was found on checking"), rows=5)},
    "attachments": _attachments,
    "model_checklist": _checklist,
    "explanation_or_deferral": _deferral,
    "data_change": lambda c: {"data_change": _text(_("What changed in the data"))},
    "measures": _measures,
    "measures_done": _measures,
    "review_questions": _four,
    "root_cause": lambda c: {"root_cause": forms.CharField(label=_("Root cause"), min_length=2, max_length=400)},
    "reasons": lambda c: {"reasons": _text(_("Reasons for the verdict"))},
    "opinion": lambda c: {"opinion": _text(_("Opinion"))},
    "clarification_offer": lambda c: {
        "clarification_offer": _choice(
            _("Clarification for the person concerned"), [("offered", _("offered")), ("not_wanted", _("not wanted"))]
        )
    },
    "clue_receipt": lambda c: {
        "clue_receipt": forms.CharField(label=_("Receipt number of the clue office"), max_length=60)
    },
    "conclusion": lambda c: {
        "conclusion": _choice(_("Conclusion"), CONCLUSIONS),
        "conclusion_text": _text(_("Conclusion in words"), required=False, most=2000),
    },
    "punishment_or_none": lambda c: {
        "punishment": forms.CharField(label=_("Measure against persons, or none"), max_length=400)
    },
    "second_signature": lambda c: {},
    "money_ledger": _ledger_report,
    "inspection_record": _inspection,
    "resume_by": lambda c: {"resume_by": _day(_("Resume by"))},
    "reopen_cause": lambda c: {
        "reopen_cause": _choice(
            _("Cause"), [(cause, CAUSES.get(cause, cause)) for cause in c.workflow.reopen_causes]
        )
    },
    "new_due": _new_due,
    "kind": lambda c: {"kind": _choice(_("Kind"), LedgerKind.choices)},
    "amount": lambda c: {"amount": forms.DecimalField(label=_("Amount (yuan)"), max_digits=18, decimal_places=2)},
    "date": lambda c: {"date": _day(_("Date"), initial=c.today)},
    "voucher": lambda c: {
        "voucher": forms.CharField(label=_("Voucher number"), required=False, max_length=80),
        "note": forms.CharField(label=_("Note"), required=False, max_length=400),
    },
    "what_is_wrong": lambda c: {"what_is_wrong": _text(_("What is wrong with the model"), most=1000)},
    "new_grade": _raise_to,
}  # fmt: skip


def is_true(verdict: object) -> bool:
    return verdict in TRUE_VERDICTS

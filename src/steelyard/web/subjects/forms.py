from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.web.subjects.models import Outcome, Verdict


class HandlingForm(forms.Form):
    """What was done about a question."""

    outcome = forms.ChoiceField(
        label=_("What was done"), choices=Outcome.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    note = forms.CharField(
        label=_("Note"), max_length=400, min_length=2,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "data-keep": ""}),
    )  # fmt: skip


class PurposeForm(forms.Form):
    """Why somebody's page is opened."""

    reason = forms.CharField(
        label=_("What you need it for"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "data-keep": ""}),
    )  # fmt: skip
    case_no = forms.CharField(
        label=_("Number of your case"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )  # fmt: skip


class VerdictForm(forms.Form):
    """What is said of a pair, and why."""

    verdict = forms.ChoiceField(label=_("Your judgement"), choices=Verdict.choices)
    reason = forms.CharField(
        label=_("Reason"), max_length=400, min_length=2,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "data-keep": ""}),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why a judgement is taken back."""

    reason = forms.CharField(
        label=_("Why it is taken back"), max_length=400, min_length=2,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2, "data-keep": ""}),
    )  # fmt: skip

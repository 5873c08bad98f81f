from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.web.subjects.models import Outcome


class HandlingForm(forms.Form):
    """What was done about a question."""

    outcome = forms.ChoiceField(
        label=_("What was done"), choices=Outcome.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    note = forms.CharField(
        label=_("Note"), max_length=400, min_length=2,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "data-keep": ""}),
    )  # fmt: skip

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.catalogue import SupervisionModel
from steelyard.web.orgs.models import in_language

PHASES = (
    ("shadow", _("Shadow: watched, nobody is told")),
    ("live-pilot", _("Live pilot: alerts in this area")),
    ("promoted", _("Promoted: alerts in this area")),
    ("probation", _("Probation: reds go to the dispatcher first")),
    ("retired", _("Retired: no longer evaluated")),
    ("draft", _("Draft: a newer version that is watched is put back")),
)
PREFIX = "value-"


def _area() -> forms.RegexField:
    return forms.RegexField(
        r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$", label=_("Area code"), required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric"}),
        error_messages={"invalid": _("A code has 2, 4, 6, 9 or 12 digits.")},
    )  # fmt: skip


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Why"), max_length=400, min_length=4,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2, "data-keep": ""}),
    )  # fmt: skip


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )


class ReleaseForm(forms.Form):
    """A phase in an area, and what whoever asks declares."""

    phase = forms.ChoiceField(label=_("Phase"), choices=PHASES, widget=forms.Select(attrs={"class": "form-select"}))
    area = _area()
    since = _day(_("From"))
    reason = _reason()
    privacy_read = _tick(_("I have looked through the sensitive columns it reads"))
    backtest_read = _tick(_("I have read the newest back-test"))
    sign_losses = _tick(_("I accept the confirmed alerts that the back-test lists as lost"))
    successor = forms.CharField(
        label=_("Successor, where it retires (none where there is none)"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )  # fmt: skip

    def declared(self) -> dict[str, Any]:
        names = ("privacy_read", "backtest_read", "sign_losses", "successor")
        return {name: self.cleaned_data[name] for name in names}


class ValueForm(forms.Form):
    """Limits that shall differ in an area; those left empty stay as they are."""

    area = _area()
    since = _day(_("From"))
    until = _day(_("Until"), required=False)
    reason = _reason()

    def __init__(self, model: SupervisionModel, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for name, one in model.parameters.items():
            limits = f"{one.least if one.least is not None else '…'} – {one.most if one.most is not None else '…'}"
            self.fields[PREFIX + name] = forms.CharField(
                label=in_language(one.title.zh, one.title.en), required=False, max_length=200,
                help_text=_("default %(value)s, allowed %(limits)s") % {"value": one.default, "limits": limits},
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip

    def values(self) -> Mapping[str, str]:
        """What was filled in, by parameter."""
        said = self.cleaned_data
        return {name.removeprefix(PREFIX): said[name] for name in said if name.startswith(PREFIX) and said[name]}

    def values_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(PREFIX)]


class BacktestForm(forms.Form):
    """Which text the model's is set against, and over which days."""

    against = forms.ChoiceField(label=_("Against"), widget=forms.Select(attrs={"class": "form-select"}))
    first = _day(_("From"))
    last = _day(_("Until"))
    step = forms.ChoiceField(
        label=_("Looked at"), widget=forms.Select(attrs={"class": "form-select"}),
        choices=(("month", _("once a month")), ("week", _("once a week")), ("day", _("every day"))),
    )  # fmt: skip

    def __init__(
        self, kept: Sequence[tuple[str, Any]], said: Mapping[str, Any] | None, initial: Mapping[str, Any]
    ) -> None:  # fmt: skip
        super().__init__(said, initial=dict(initial), auto_id="backtest_%s")
        field = self.fields["against"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(kept)


class EndForm(forms.Form):
    """From when a local limit holds no more."""

    value = forms.IntegerField(widget=forms.HiddenInput)
    on = _day(_("Ends on"))
    reason = _reason()


class SweepForm(forms.Form):
    """What becomes of a sweep campaign."""

    campaign = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=(("open", _("Open")), ("leave", _("Leave be"))))
    reason = _reason()


def first_values(today: dt.date, area: str) -> dict[str, Any]:
    return {"since": today, "area": area}

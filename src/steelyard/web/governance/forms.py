"""What is entered for one step of a loophole: the fields follow the workflow file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import in_language
from steelyard.web.powers.flow import Transition, flow


def _choices(name: str) -> list[tuple[str, str]]:
    rows = flow("loophole").data[name]
    return [("", "—"), *((code, in_language(words["zh"], words["en"])) for code, words in rows.items())]


def form_for(way: Transition, data: object = None) -> forms.Form:
    """A form with exactly the fields that the transition needs."""
    fields: dict[str, forms.Field] = {
        "cause": forms.ChoiceField(label=_("Cause"), choices=_choices("causes")),
        "proposal_kind": forms.ChoiceField(label=_("Kind of remedy"), choices=_choices("proposals")),
        "document": forms.CharField(label=_("Rule or decision, with its number"), max_length=160),
        "day": forms.DateField(
            label=_("In force since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        ),
        "text": forms.CharField(
            label=_("Reasons"), max_length=4000, min_length=10, widget=forms.Textarea(attrs={"rows": 3})
        ),
    }
    wanted = {name: field for name, field in fields.items() if name in way.needs}
    made: type[forms.Form] = type("StepForm", (forms.Form,), wanted)
    return made(data, auto_id=f"{way.name}_%s")  # type: ignore[arg-type]

"""What reporters and the desk type."""

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.web.people import receipts
from steelyard.web.people.models import IdentityLevel, Solved

ABOUT = [
    ("matter", _("Something in the village is not right")),
    ("person", _("A person did wrong")),
    ("unknown", _("I do not know")),
]
CATEGORIES = [
    ("project", _("Works: road, building, ditch")),
    ("labour", _("Paid work for the village")),
    ("asset", _("Hill, pond, house, land: who has it, who pays")),
    ("subsidy", _("Subsidies and relief")),
    ("procurement", _("Things the village buys")),
    ("seal", _("Seals and certificates")),
    ("finance", _("Village money")),
    ("style", _("No answer, refused, badly treated")),
    ("retaliation", _("Pressure because of an earlier report")),
    ("other", _("Something else, or no data can be found")),
]
WORKS_AT = [
    ("village", _("In the village")),
    ("town", _("In the township")),
    ("county", _("In the county")),
    ("city", _("In the city or higher")),
    ("", _("I do not know")),
]
STARS = [(5, _("Very satisfied")), (4, _("Satisfied")), (3, _("Neither")), (2, _("Dissatisfied")),
         (1, _("Very dissatisfied"))]  # fmt: skip


class DetailsForm(forms.Form):
    """What happened, in the reporter's words."""

    category = forms.ChoiceField(label=_("What is it about?"), choices=CATEGORIES)
    text = forms.CharField(
        label=_("What happened? Where, when, how much?"), min_length=10, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"min_length": _("Please write a little more: at least ten characters.")},
    )  # fmt: skip


class WhoForm(forms.Form):
    """How much of himself the reporter shows."""

    identity = forms.ChoiceField(
        label=_("Do you want to give your name?"), choices=IdentityLevel.choices, widget=forms.RadioSelect,
        initial="anonymous",
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Name and how to reach you (only if you give your name)"), max_length=300, required=False
    )
    may_publish = forms.BooleanField(label=_("The matter may be shown to the village, without me"), required=False)

    def clean(self) -> dict[str, object] | None:
        found = super().clean()
        if found and found.get("identity") != "anonymous" and not found.get("contact"):
            self.add_error("contact", _("Give your name, or choose anonymous."))
        return found


class PersonForm(forms.Form):
    """Where the person works, so that the report goes above."""

    person_works_at = forms.ChoiceField(
        label=_("Where does the person work?"), choices=WORKS_AT, widget=forms.RadioSelect, required=False
    )


class ReceiptForm(forms.Form):
    """A receipt as it was written down."""

    code = forms.CharField(
        label=_("Your number (22 digits)"), max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        found = receipts.read(self.cleaned_data["code"])
        if found is None:
            raise forms.ValidationError(_("A digit is missing or wrong. The number has 22 digits in groups of four."))
        return found


class MessageForm(forms.Form):
    """A message by receipt."""

    text = forms.CharField(label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    openly = forms.BooleanField(label=_("This office may read my message about a person"), required=False)
    once = forms.RegexField(r"^[A-Za-z0-9_-]{20,64}$", widget=forms.HiddenInput)


class RatingForm(forms.Form):
    """One tap, and words where something is missing."""

    stars = forms.TypedChoiceField(label=_("Are you satisfied?"), choices=STARS, coerce=int, widget=forms.RadioSelect)
    solved = forms.ChoiceField(label=_("Is the matter solved?"), choices=Solved.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What is missing? (needed where you are not satisfied)"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

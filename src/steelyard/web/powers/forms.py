"""What the village types."""

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.kit import identifiers

KINDS = [("lease", _("House, shop, factory")), ("land", _("Land, hill, forest, pond"))]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LeaseForm(forms.Form):
    """A new lease."""

    asset_id = forms.CharField(label=_("Number of the asset in the ledger"), max_length=60)
    asset_title = forms.CharField(label=_("What is let"), max_length=120)
    contract_type = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    party_name = forms.CharField(label=_("Lessee"), max_length=120)
    party_number = forms.CharField(label=_("Lessee's resident number or credit code"), max_length=18)
    start_date = forms.DateField(label=_("First day"), widget=_day())
    end_date = forms.DateField(label=_("Last day"), widget=_day())
    annual_rent = forms.DecimalField(label=_("Rent a year (yuan)"), min_value=1, max_digits=14, decimal_places=2)
    deposit = forms.DecimalField(label=_("Deposit (yuan)"), min_value=0, max_digits=14, decimal_places=2, initial=0)

    def clean_party_number(self) -> str:
        number = identifiers.normal(self.cleaned_data["party_number"])
        if not identifiers.is_resident_id(number) and not identifiers.is_credit_code(number):
            raise forms.ValidationError(_("A digit is wrong: this is no valid resident number or credit code."))
        return number

    def clean(self) -> dict[str, object] | None:
        found = super().clean()
        if found and found.get("start_date") and found.get("end_date") and found["end_date"] <= found["start_date"]:
            self.add_error("end_date", _("The last day lies before the first."))
        return found


class StepForm(forms.Form):
    """A publication or an approval."""

    day = forms.DateField(label=_("Day"), widget=_day())
    document = forms.CharField(label=_("Number of the document or place of the notice"), max_length=80, required=False)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)


class MeetingForm(StepForm):
    """A meeting of the democratic decision."""

    document = forms.CharField(label=_("Number of the minutes"), max_length=80)
    eligible = forms.IntegerField(label=_("Entitled to attend"), min_value=1, max_value=100_000)
    attended = forms.IntegerField(label=_("Present"), min_value=0, max_value=100_000)
    votes_for = forms.IntegerField(label=_("In favour"), min_value=0, max_value=100_000)


class ContractForm(forms.Form):
    """Signing and sealing."""

    day = forms.DateField(label=_("Day of signing"), widget=_day())
    document = forms.CharField(label=_("Number of the contract text"), max_length=80, required=False)


class PaymentForm(forms.Form):
    """A request to pay."""

    amount = forms.DecimalField(label=_("Amount (yuan)"), min_value=0, max_digits=14, decimal_places=2)
    payee = forms.CharField(label=_("Payee"), max_length=120)
    purpose = forms.CharField(label=_("What for"), max_length=200)

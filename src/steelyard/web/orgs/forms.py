"""What administrators type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.kit.identifiers import is_resident_id, normal
from steelyard.web.orgs.models import Body, User
from steelyard.web.orgs.words import NEED_IDENTITY, Role


class NumberForm(forms.Form):
    """The identity number of the person, which roles on cases need; it is looked up and not kept."""

    number = forms.CharField(
        label=_("Identity number (for roles on cases and the appeal desk; looked up, not kept)"),
        max_length=24, required=False,
    )  # fmt: skip
    known = False
    """Whether it is settled already who the person is."""

    def clean_number(self) -> str:
        number = normal(self.cleaned_data["number"])
        if number and not is_resident_id(number):
            raise forms.ValidationError(_("This is not a valid identity number."))
        return number

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        needed = not self.known and NEED_IDENTITY & set(data.get("roles", ()))
        if needed and not data.get("number") and "number" not in self.errors:
            self.add_error("number", _("Roles on cases need the identity number of the person."))
        return data


class AccountForm(NumberForm):
    """A new account."""

    username = forms.RegexField(r"^[a-z][a-z0-9_.-]{1,60}$", label=_("Account"))
    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    body_code = forms.CharField(label=_("Body (credit code)"), max_length=18)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )
    field_order = ("username", "name", "name_en", "number", "body_code", "roles")

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(_("This account exists already."))
        return username

    def clean_body_code(self) -> Body:
        body = Body.objects.filter(code=self.cleaned_data["body_code"].strip().upper()).first()
        if body is None:
            raise forms.ValidationError(_("There is no body with this code."))
        return body


class PostsForm(NumberForm):
    """The roles of an account."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )  # fmt: skip


class RevealForm(forms.Form):
    """Why a masked name is opened."""

    subject = forms.CharField(max_length=36)
    purpose = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=400, min_length=4)
    case_no = forms.CharField(max_length=40, required=False)
    next = forms.CharField(max_length=400, required=False)

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """A file for one interface."""

    interface = forms.ChoiceField(label=_("Interface"), widget=forms.Select(attrs={"class": "form-select"}))
    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"class": "form-control"}))

    def __init__(self, *args: object, choices: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through as they came
        self.fields["interface"].choices = [("", _("Choose an interface")), *choices]  # type: ignore[attr-defined]

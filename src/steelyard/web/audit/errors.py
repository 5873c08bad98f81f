"""The root of every error of the web half lies in its lowest room."""

from django.utils.translation import gettext_lazy as _


class WebError(Exception):
    """What a person asked for cannot be done; the text is shown to that person."""

    text = _("This cannot be done.")

    def __init__(self, text: object | None = None) -> None:
        super().__init__(str(text or self.text))


class NotAllowed(WebError):
    """The person may not do this."""

    text = _("You may not do this.")

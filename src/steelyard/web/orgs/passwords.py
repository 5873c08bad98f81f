"""Refuses the passwords officials really choose: a name in pinyin with a birthday or a year."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_PATTERN = re.compile(
    r"^[a-z]{2,20}[@_.#-]?((19|20)[0-9]{2}(0[1-9]|1[0-2])?([0-3][0-9])?|[0-9]{6})[!@#.]?$", re.IGNORECASE
)


class NameAndBirthdayValidator:
    """Letters followed by a date are guessed first."""

    def validate(self, password: str, user: Any = None) -> None:
        if _PATTERN.match(password):
            raise ValidationError(_("A name with a date or a year is the first thing others guess."))

    def get_help_text(self) -> str:
        return str(_("Do not use a name with a birthday or a year."))

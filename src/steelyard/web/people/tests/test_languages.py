from pathlib import Path

import pytest
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[2]


@pytest.mark.parametrize("room", ["people", "powers", "governance"])
def test_every_text_has_its_chinese(room):
    file = WEB / room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with file.open("rb") as opened:
        catalogue = read_po(opened)
    assert len(catalogue) > 30
    assert [message.id for message in catalogue if message.id and (not message.string or message.fuzzy)] == []

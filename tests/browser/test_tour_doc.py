"""The guided tour names what exists."""

import re
from pathlib import Path

import pytest

from steelyard.kit import yamlfile

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
TOUR = ROOT / "docs" / "start" / "README.md"
CAST = yamlfile.load(ROOT / "demo" / "cast.yaml").data["people"]


def test_everybody_the_tour_names_has_an_account():
    named = set(re.findall(r"`([a-z]+)`", TOUR.read_text(encoding="utf-8")))
    assert named <= {person["login"] for person in CAST}
    assert len(named) >= 12


def test_every_address_of_the_tour_opens_for_somebody_it_names(sign_in):
    addresses = set(re.findall(r"`(/[a-z0-9/]*)`", TOUR.read_text(encoding="utf-8")))
    assert len(addresses) >= 8
    pages = [sign_in(login) for login in ("chen", "shen", "jin", "steward", "tan")]
    lost = {one for one in addresses if not any(page.request.get(one).status == 200 for page in pages)}
    assert not lost


def test_the_pictures_are_there_and_light():
    for name in re.findall(r"\]\(([a-z-]+\.png)\)", TOUR.read_text(encoding="utf-8")):
        assert (TOUR.parent / name).stat().st_size < 250_000


def test_the_chinese_words_of_the_tour_are_those_of_the_pages():
    from tests.browser.test_pages import interface_words

    chinese, _english = interface_words()
    flow = (ROOT / "catalogue" / "workflows" / "disposal.yaml").read_text(encoding="utf-8")
    said = re.findall(r"\*\* \(([一-鿿、，？]+)\)", TOUR.read_text(encoding="utf-8").replace("\n", " "))
    assert len(said) > 20
    assert not [word for word in said if word not in chinese and f"zh: {word}," not in flow and word not in flow]

"""Every page of everybody's menu, in both languages, on a desk and on a phone."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from steelyard.kit import yamlfile

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = [person["login"] for person in yamlfile.load(ROOT / "demo" / "cast.yaml").data["people"]]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PUBLIC = (
    "/", "/people/", "/people/?q=后岭", "/people/village/339921101202/", "/people/village/339921101202/?tab=asset",
    "/people/report/", "/people/report/?village=339921101202", "/people/track/", "/people/figures/", "/account/login/",
)  # fmt: skip
DEEPER = {
    "zhou": (("/alerts/", 'main a[href^="/alerts/"]:not([href*="?"])'), ("/cases/", 'main a[href^="/cases/C"]'),
             ("/alerts/", 'main a[href^="/models/"]')),
    "fang": (("/models/", 'main td a[href^="/models/"]'), ("/models/", 'main a[href="/models/drafts/"]'),
             ("/data/", 'main a[href^="/data/interfaces/"]')),
    "steward": (("/data/", 'main a[href^="/data/"]'), ("/data/questions/", 'main a[href^="/data/questions/"]')),
    "admin": (("/users/", 'main a[href^="/users/"]'),),
}  # fmt: skip
"""Pages one click further: the first link of a list."""
LAWFUL = """() => {
  const shown = one => one.getClientRects().length > 0;
  const labelled = one => one.labels?.length || one.ariaLabel || one.getAttribute("aria-labelledby") || one.title;
  const controls = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
  return {
    lang: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    blind: [...document.images].filter(one => !one.hasAttribute("alt")).map(one => one.src),
    nameless: controls.filter(one => shown(one) && !labelled(one)).map(one => one.outerHTML.slice(0, 120)),
    wide: document.documentElement.scrollWidth - window.innerWidth,
    widest: [...document.querySelectorAll("main *")].filter(
      one => one.getBoundingClientRect().right > window.innerWidth + 1)
      .slice(0, 3).map(one => one.outerHTML.slice(0, 160)),
    text: [...document.querySelectorAll("h1, h2, h3, th, label, legend, button, summary, dt, caption, figcaption,"
      + " .empty, .btn, nav a, .form-text, .muted, .badge")].filter(shown).map(one => one.innerText.trim()),
  };
}"""


@lru_cache
def interface_words() -> tuple[frozenset[str], frozenset[str]]:
    """Chinese texts of the interface, and English ones that have a Chinese text."""
    chinese, english = set(), set()
    for file in (ROOT / "src" / "steelyard" / "web").glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        for message in read_po(file.open("rb"), locale="zh_Hans"):
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            asked = message.id if isinstance(message.id, tuple) else (message.id,)
            if message.id and all(said):
                chinese |= {text for text in said if len(text) > 1 and "%" not in text}
                english |= {text for text in asked if len(text) > 12 and "%" not in text and text.isascii()}
    return frozenset(chinese), frozenset(english - chinese)


def faults(page: Any, language: str) -> list[str]:
    """What a page does wrong."""
    seen = page.evaluate(LAWFUL)
    chinese, english = interface_words()
    lines = {line.strip() for text in seen["text"] for line in text.splitlines()} | set(seen["text"])
    foreign = lines & (chinese if language == "en" else english)
    wrong = {
        "language": [] if seen["lang"].lower().startswith(language) else [seen["lang"]],
        "headings": [] if seen["headings"] == 1 else [seen["headings"]],
        "images without words": seen["blind"],
        "fields without a label": seen["nameless"],
        "wider than the window": [seen["wide"], *seen["widest"]] if seen["wide"] > 0 else [],
        "words of the other language": sorted(foreign - {"中文", "English"}),
    }
    return [f"{what}: {which}" for what, which in wrong.items() if which]


def walk(page: Any, addresses: list[str], language: str) -> list[str]:
    """Open pages one after another, on a desk and turned to a phone; all their faults."""
    found: list[str] = []
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in addresses:
        said.clear()
        page.set_viewport_size(DESK)
        answer = page.goto(address, wait_until="load")
        wrong = [] if answer.status == 200 else [f"status {answer.status}"]
        wrong += faults(page, language)
        page.set_viewport_size(PHONE)
        wrong += [f"on a phone: {one}" for one in faults(page, language)]
        found += [f"{language} {address}: {one}" for one in [*dict.fromkeys(wrong), *said]]
    return found


def menu(page: Any) -> list[str]:
    page.goto("/")
    links = page.locator("nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return list(dict.fromkeys(link for link in links if link.startswith("/")))


def deeper(page: Any, login: str) -> list[str]:
    """One page further from the lists."""
    found = []
    for start, link in DEEPER.get(login, ()):
        page.goto(start)
        first = page.locator(link).first
        if first.count():
            found.append(first.get_attribute("href"))
    return found


@pytest.mark.parametrize("login", PEOPLE)
def test_every_page_of_the_menu_is_sound(login, sign_in):
    found, addresses = [], []
    for language in ("en", "zh"):
        page = sign_in(login, language=language)
        addresses = addresses or [*menu(page), *deeper(page, login)]
        assert addresses
        found += walk(page, addresses, language)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_villagers_pages_are_sound(language, sign_in):
    found = walk(sign_in(None, language=language), list(PUBLIC), language)
    assert not found, "\n".join(found)


def test_the_language_is_one_click_away(sign_in):
    page = sign_in(None, language="en")
    with page.expect_navigation():
        page.click("header button[name=language]")
    assert page.locator("html").get_attribute("lang").startswith("zh")

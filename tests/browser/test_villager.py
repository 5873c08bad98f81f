"""The hill nobody could find: a villager's phone without scripts, and the desk that answers."""

import re
from typing import Any

import pytest

from tests.browser.hands import fill, photo, press

pytestmark = pytest.mark.browser
HOULING = "339921101202"
TEXT = "后岭的荒山到底租给谁、租金多少，网上查不到任何数据，公示栏也没有。"
ANSWER = "合同已到期，现已公开重新发包，新合同五年，租金收入归村集体。"


def test_a_villager_reports_the_hill_follows_and_rates(sign_in):
    page = sign_in(None, language="zh", phone=True, scripts=False)
    look_at_the_village(page)
    receipt = report(page)
    assert track(page, receipt).count("后岭") == 0, "the state alone, not the text, stands behind a number"
    case_no = number_of_the_hill(sign_in("he", language="zh"))
    desk = sign_in("jin", language="zh")
    take_in_hand(desk, case_no)
    assert "重新发包" in track(page, receipt)
    rate(page)
    desk.reload()
    assert "5/5" in desk.inner_text("main")
    outsiders_see_nothing(sign_in, desk.url)


def look_at_the_village(page: Any) -> None:
    page.goto("/people/")
    page.fill("[name=q]", "后岭")
    press(page, "form[role=search] button")
    page.click(f'main a[href$="/village/{HOULING}/"]')
    page.goto(page.url + "?tab=asset")
    assert "应公开、未公开" in page.inner_text("#gaps")
    assert "荒山" in page.inner_text("section.warning")


def report(page: Any) -> str:
    """One question a page; the number at the end is typed back."""
    page.click('main a[href*="/people/report/"]')
    answers: list[dict[str, Any]] = [
        {"about": "matter"}, {"category": "asset", "text": TEXT}, {"identity": "anonymous"},
        {"photos": photo("hill")},
    ]  # fmt: skip
    for given in answers:
        fill(page, given)
        press(page, "main button[value=next]")
    assert "后岭" in page.inner_text("main")
    press(page, "main button[value=next]")
    receipt = page.inner_text(".receipt")
    assert re.fullmatch(r"(\d{4} ){5}\d\d", receipt)
    page.fill("#code", "1" * 22)
    press(page)
    assert page.locator("main [role=alert]").count() == 1
    page.fill("#code", receipt)
    press(page)
    return receipt


def track(page: Any, receipt: str) -> str:
    page.goto("/people/track/")
    page.fill("#id_code", receipt)
    press(page)
    return str(page.inner_text("main"))


def number_of_the_hill(page: Any) -> str:
    """The reviewing bureau knows the case that the data raised about the hill."""
    page.goto(f"/alerts/?model=village-asset/contract-expired-still-used&area={HOULING}")
    return str(re.search(r"C\d{4}-\d+", page.inner_text("main tbody")).group())


def take_in_hand(desk: Any, case_no: str) -> None:
    desk.goto("/people/desk/")
    desk.locator('main tr a[href^="/people/desk/"]').first.click()
    assert TEXT in desk.inner_text("main")
    assert desk.locator("main img").count() == 1
    press(desk, 'form[action$="/act/accept/"] button')
    desk.fill('form[action$="/act/link/"] [name=case_no]', case_no)
    press(desk, 'form[action$="/act/link/"] button')
    desk.fill("#answer", ANSWER)
    press(desk, 'form[action$="/act/answer/"] button')
    assert ANSWER in desk.inner_text("main")


def rate(page: Any) -> None:
    form = 'form[action$="/track/rate/"]'
    page.check(f'{form} [name=stars][value="5"]')
    page.locator(f"{form} [name=solved]").first.check()
    press(page, f"{form} button")
    assert "5/5" in page.inner_text("main")
    assert page.locator(form).count() == 0, "a round is rated once"


def outsiders_see_nothing(sign_in: Any, address: str) -> None:
    for login in ("qian", "zhou", "li"):
        assert sign_in(login).goto(address).status in (403, 404), login
    nobody = sign_in(None)
    nobody.goto(address)
    assert "/account/login/" in nobody.url

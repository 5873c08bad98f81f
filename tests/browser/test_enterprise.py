"""Suppliers before the court: along the ownership tree, and once sent back for a fuller answer."""

import re
from typing import Any

import pytest

from tests.browser.hands import act, fill, moves, names, photo, press, until

pytestmark = pytest.mark.browser
FOUR = {
    "q1": "reasonable",
    "q2": "under_way",
    "q3": "no_need",
    "q3_text": "按现行制度办理",
    "q4": "yes",
    "q4_text": "专项检查其他采购",
}


def test_the_enterprise_explains_and_its_regulator_reviews(sign_in):
    ye = sign_in("ye", language="zh")
    number = number_of(ye)
    explain(ye, number)
    submit(ye, number, "已核查供应商。")
    hong = sign_in("hong", language="zh")
    act(hong, number, "send_back", reason="请逐项说明六次采购。")
    assert "submit" in moves(ye, number)
    submit(ye, number, "六次采购逐项说明，见附件。")
    given = {"measures": one_measure(hong, number, "confirm_true"), **FOUR}
    act(hong, number, "confirm_true", **given, **verdicts(hong, number, "confirm_true"))
    given = {"measures": one_measure(ye, number, "report_rectified"), "measures_text": "已列入关注名单", **FOUR}
    act(ye, number, "report_rectified", **given, no_money_because="没有需要追回的资金")
    assert "回访" in act(hong, number, "accept")
    strangers(sign_in, number)


def number_of(page: Any) -> str:
    """One case of two suppliers, in one's own inbox."""
    page.goto("/cases/")
    row = page.locator("main tbody tr").first
    return str(re.search(r"C\d{4}-\d+", row.inner_text()).group())


def explain(page: Any, number: str) -> None:
    act(page, number, "sign")
    page.goto(f"/cases/{number}/act/ask_explanation/")
    first = page.locator('[name="addressee"] option[value^="body:"]').first.get_attribute("value")
    act(page, number, "ask_explanation", questions="两家供应商为何仍中标？", addressee=first)
    page.goto("/cases/questions/")
    page.locator("main tbody a").first.click()
    fill(page, {"explanation": "中标时系统看不到涉诉信息，已逐项核对。", "files": photo("court")})
    press(page)
    until(lambda: "submit" in moves(page, number), "the answer has arrived at the case")


def submit(page: Any, number: str, findings: str) -> None:
    given = verdicts(page, number, "submit")
    given |= dict.fromkeys(names(page, "check_"), "done")
    act(page, number, "submit", **given, findings=findings, files=photo("check"))


def verdicts(page: Any, number: str, move: str) -> dict[str, str]:
    page.goto(f"/cases/{number}/act/{move}/")
    return dict.fromkeys(names(page, "verdict_"), "true_irregularity")


def one_measure(page: Any, number: str, move: str) -> list[str]:
    """The first measure offered."""
    page.goto(f"/cases/{number}/act/{move}/")
    return [str(page.locator('main [name="measures"]').first.get_attribute("value"))]


def strangers(sign_in: Any, number: str) -> None:
    """The township next door, and the county discipline body that is no part of the ownership tree."""
    for login in ("qian", "zhou", "shen"):
        page = sign_in(login)
        assert page.goto(f"/cases/{number}/").status in (403, 404), login
        page.goto(f"/search/?q={number}")
        assert page.locator(f'main a[href*="{number}"]').count() == 0, login

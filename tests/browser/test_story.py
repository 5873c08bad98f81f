"""The stories of the demonstration through the real site, by the people who would do it."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.browser.hands import act, fill, moves, names, photo, press, until

pytestmark = pytest.mark.browser
FOUR = {
    "q1": "reasonable", "q2": "na", "q2_text": "no firm", "q3": "planned", "q3_text": "rules for collecting rent",
    "q4": "no_need", "q4_text": "one village",
}  # fmt: skip


@dataclass(frozen=True)
class Loop:
    """One matter of Wulong, and what its people say."""

    language: str
    model: str
    answers: str
    """Who explains."""
    addressee: str
    """What the answering person's choice begins with: a unit or a person."""
    verdict: str
    money: bool
    questions: str
    explanation: str
    says: dict[str, str] = field(default_factory=dict)
    """A text that must stand on the page of a step."""


RENT = Loop(
    language="en",
    model="village-asset/rent-receivable-unpaid",
    answers="shen",
    addressee="body:",
    verdict="true_irregularity",
    money=True,
    questions="Why was no rent booked?\nWho reminded the tenant?",
    explanation="The tenant asked for time and nobody reminded him.",
    says={"sign": "in disposal", "submit": "awaiting review", "endorse_true": "rectifying", "closed": "closed",
          "entry": "voucher", "questions": "The four questions", "sent": "on the record"},
)  # fmt: skip
EMPLOYER = Loop(
    language="zh",
    model="village-project/former-employer-contractor",
    answers="li",
    addressee="user:",
    verdict="true_violation",
    money=False,
    questions="为什么没有回避？\n谁定的施工单位？",
    explanation="当时没有想到需要回避，由村两委会定的。",
    says={"sign": "处置中", "submit": "待审核", "endorse_true": "整改中", "closed": "已办结",
          "questions": "四", "sent": "记录"},
)  # fmt: skip


@pytest.mark.parametrize("loop", [RENT, EMPLOYER], ids=["rent-en", "employer-zh"])
def test_a_matter_goes_from_alert_to_closed_case(loop, sign_in, kept):
    zhou = sign_in("zhou", language=loop.language)
    alert, number = alert_of(zhou, loop.model)
    sign_and_ask(zhou, number, loop)
    answer(sign_in(loop.answers, language=loop.language), alert, number, loop)
    until(lambda: "submit" in moves(zhou, number), "the answer has arrived at the case")
    said = submit(zhou, number, loop)
    assert loop.says["submit"] in said
    review(sign_in, number, loop)
    governance(sign_in("chen", language=loop.language), number)
    rectify(zhou, number, loop)
    act(sign_in("chen", language=loop.language), number, "accept")
    assert loop.says["closed"] in inspect(sign_in("ma", language=loop.language), number)
    nobody_else_sees(sign_in, alert, number, loop.answers)


def alert_of(page: Any, model: str) -> tuple[str, str]:
    """The address of the village's alert in one's list, and the number of its case."""
    page.goto(f"/alerts/?model={model}&area=339921101201")
    row = page.locator("main tbody tr").first
    number = re.search(r"C\d{4}-\d+", row.inner_text()).group()
    row.locator("a").first.click()
    alert = page.url
    assert number in page.inner_text("main")
    assert page.locator('main a[href^="/data/rows/"]').count(), "evidence leads to delivered lines"
    page.goto("/")
    assert page.locator(f'main a[href$="/cases/{number}/"]').count(), "it waits among the handler's work"
    return alert, number


def sign_and_ask(page: Any, number: str, loop: Loop) -> None:
    assert loop.says["sign"] in act(page, number, "sign")
    page.goto(f"/cases/{number}/act/ask_explanation/")
    options = page.locator('[name="addressee"] option')
    choices = options.evaluate_all("all => all.map(one => one.value + ' ' + one.text)")
    addressee = next(one for one in choices if one.startswith(loop.addressee) and is_for(loop.answers, one))
    act(page, number, "ask_explanation", questions=loop.questions, addressee=addressee.split()[0])


def is_for(login: str, choice: str) -> bool:
    """Shen answers for the village committee, Li for himself."""
    committee = re.search("村民委员会|[Vv]illage committee|Villagers", choice)
    return f"({login})" in choice or (login == "shen" and bool(committee))


def answer(page: Any, alert: str, number: str, loop: Loop) -> None:
    """The person asked answers on the sheet, and sees nothing else of the matter."""
    page.goto("/")
    page.locator('main a[href^="/cases/questions/"]:not([href$="/questions/"])').first.click()
    sheet = page.url
    assert loop.questions.splitlines()[0] in page.inner_text("main")
    assert number not in page.content()
    assert "/alerts/" not in page.inner_html("main")
    for hidden in (alert, f"/cases/{number}/", f"/cases/{number}/dossier/", "/alerts/", "/cases/"):
        assert page.goto(hidden).status in (403, 404), hidden
    page.goto(f"/search/?q={number}")
    assert page.locator('main a[href*="/cases/"], main a[href*="/alerts/"]').count() == 0
    page.goto(sheet)
    fill(page, {"explanation": loop.explanation, "files": photo("answer")})
    press(page)
    text = page.inner_text("main")
    assert loop.explanation in text
    assert loop.says["sent"] in text
    assert page.locator('main [name="explanation"]').count() == 0, "a sheet is answered once"


def submit(page: Any, number: str, loop: Loop) -> str:
    page.goto(f"/cases/{number}/act/submit/")
    given = dict.fromkeys(names(page, "verdict_"), loop.verdict)
    given |= dict.fromkeys(names(page, "check_"), "done")
    assert given
    return act(page, number, "submit", **given, findings=loop.explanation, files=photo("ledger"))


def review(sign_in: Any, number: str, loop: Loop) -> None:
    """Red needs two: the county proposes, the city endorses with the four questions."""
    chen = sign_in("chen", language=loop.language)
    assert "confirm_true" not in moves(chen, number)
    act(chen, number, "propose_verdict", reasons=loop.explanation)
    du = sign_in("du", language=loop.language)
    said = act(du, number, "endorse_true", opinion=loop.explanation, measures=["recover", "revise_rule"], **FOUR)
    assert loop.says["endorse_true"] in said
    assert loop.says["questions"] in said


def governance(page: Any, number: str) -> None:
    """The third question, answered "planned", has opened a loophole."""

    def is_open() -> bool:
        page.goto("/governance/")
        return number in page.inner_text("main")

    until(is_open, "the loophole is open")
    page.locator("main tr", has_text=number).locator("a").first.click()
    assert number in page.inner_text("main")


def rectify(page: Any, number: str, loop: Loop) -> None:
    done: dict[str, Any] = {"measures": ["recover", "revise_rule"], "measures_text": loop.explanation}
    if loop.money:
        recover(page, number)
    else:
        done |= {"measures": ["revise_rule"], "no_money_because": "没有需要追回的资金"}
    act(page, number, "report_rectified", **done, **(FOUR | {"q3": "yes"}))


def recover(page: Any, number: str) -> None:
    """Every rent of the case comes in with its voucher; not a yuan more than is owed can be entered."""
    page.goto(f"/cases/{number}/")
    sentences = page.locator("main .lead-text").all_inner_texts()
    owed = [Decimal(re.search(r"CNY ([\d,.]+)", one).group(1).replace(",", "")) for one in sentences]
    assert len(owed) >= 3
    assert sum(owed) > 1_810_000
    for place, amount in enumerate(owed, 1):
        act(page, number, "ledger_entry", kind="recovered", amount=str(amount), voucher=f"V-{place}")
    assert f"{sum(owed):,}" in page.inner_text("main"), "the sum is computed, not typed"
    page.goto(f"/cases/{number}/act/ledger_entry/")
    fill(page, {"kind": "recovered", "amount": "1", "voucher": "V-too-much"})
    press(page)
    assert page.locator("main .alert-danger").count() == 1


def inspect(page: Any, number: str) -> str:
    """Before its day, so with a reason: without one the form comes back."""
    page.goto(f"/cases/{number}/act/inspect_pass/")
    fill(page, {"inspection_text": "ok, paid monthly"})
    page.locator('main [name="early_because"]').evaluate("field => field.required = false")
    press(page)
    assert page.locator("main [role=alert]").count(), "an early inspection needs its reason"
    return act(page, number, "inspect_pass", inspection_text="paid monthly", early_because="asked by the county")


def nobody_else_sees(sign_in: Any, alert: str, number: str, answered: str) -> None:
    """The neighbour, who was asked, and nobody: neither in lists nor by search nor by address."""
    for login in ("qian", answered):
        page = sign_in(login)
        asked = [f"{place}?q={number}" for place in ("/search/", "/cases/", "/alerts/")]
        for listed in ("/", "/alerts/", "/cases/", *asked):
            page.goto(listed)
            assert page.locator(f'main a[href*="{number}"]').count() == 0, (login, listed)
            assert page.locator(f'main a[href="{alert}"]').count() == 0, (login, listed)
        for hidden in (alert, f"/cases/{number}/", f"/cases/{number}/act/reopen/", f"/cases/{number}/dossier/"):
            assert page.goto(hidden).status in (403, 404), (login, hidden)
    nobody = sign_in(None)
    for hidden in (alert, f"/cases/{number}/", "/alerts/", "/governance/", f"/search/?q={number}"):
        nobody.goto(hidden)
        assert "/account/login/" in nobody.url, hidden

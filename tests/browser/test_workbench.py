"""Fang writes a model: complete, check, run, make a case, hand in, take along; desktop with an editor, then by hand."""

import io
import re
import time
import zipfile
from typing import Any

import pytest

pytestmark = pytest.mark.browser
ID = "village-project/a-large-contract"


def test_an_analyst_writes_a_model_from_the_first_line_to_the_review(sign_in):
    fang = sign_in("fang")
    problems: list[str] = []
    fang.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    begin(fang)
    completes(fang)
    checks(fang)
    run_on_data(fang)
    makes_a_case(fang)
    hands_in(fang)
    takes_along(fang)
    assert problems == []


def begin(page: Any) -> None:
    page.goto("/models/drafts/")
    page.fill("#model_id", ID)
    page.click("text=Begin >> nth=-1")
    page.wait_for_selector("#desk[data-ready=yes]")


def sql(page: Any) -> Any:
    return page.locator(".cm-content[aria-label='model.sql']")


def completes(page: Any) -> None:
    """A column of a dataset that the text names is offered."""
    sql(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type("\n  p.contra", delay=60)
    offered = page.locator(".cm-tooltip-autocomplete li")
    offered.first.wait_for()
    assert any("contract_amount" in text for text in offered.all_inner_texts())
    page.keyboard.press("Escape")


def checks(page: Any) -> None:
    """What is wrong is told where it stands, and again when it is mended."""
    page.locator("#complaints a", has_text="model.sql").first.wait_for()
    sql(page).focus()
    page.keyboard.press("Control+Shift+K")
    page.locator("#complaints", has_text="No complaint.").wait_for()


def press(page: Any, does: str) -> None:
    with page.expect_navigation():
        page.click(f"button[name=do][value={does}]")


def done(page: Any) -> str:
    """The result of the last run, once the worker has it."""
    until = time.monotonic() + 150
    while time.monotonic() < until:
        text = str(page.inner_text("#run"))
        if "waits for the worker" not in text:
            return text
        page.wait_for_timeout(500)
    raise AssertionError(text)


def run_on_data(page: Any) -> None:
    press(page, "cases")
    assert "All 6 cases hold." in done(page)
    press(page, "try")
    assert "Say what you look for" in page.inner_text("main")
    page.fill("#purpose", "how many contracts are that large")
    press(page, "try")
    text = done(page)
    assert re.search(r"[1-9]\d* findings", text)
    assert "text-1" in text


def makes_a_case(page: Any) -> None:
    with page.expect_navigation():
        page.click("button[name=row][value='0']")
    text = done(page)
    assert "made-up names" in text
    assert not re.search(r"\b33\d{10}\b", text)
    with page.expect_navigation():
        page.click("text=Add to cases.yaml")
    assert "All 7 cases hold." in done(page)


def hands_in(page: Any) -> None:
    press(page, "submit")
    assert "Handed in as version 0.1.0." in done(page)


def takes_along(page: Any) -> None:
    with page.expect_download() as came:
        page.click("a[href$='/export/']")
    with zipfile.ZipFile(io.BytesIO(came.value.path().read_bytes())) as folder:
        assert sorted(folder.namelist()) == [f"{ID}/{name}" for name in ("cases.yaml", "model.sql", "model.yaml")]


def test_without_scripts_and_on_a_phone_it_can_be_read_and_checked(sign_in):
    fang = sign_in("fang", language="zh", phone=True, scripts=False)
    fang.goto("/models/drafts/")
    fang.fill("#model_id", "village-project/by-hand")
    fang.click("text=新建 >> nth=-1")
    fang.fill("#sql", "SELECT p.project_id FROM read_csv('/etc/passwd') AS p")
    with fang.expect_navigation():
        fang.click("button[name=do][value=check]")
    assert "模型中不允许使用这个函数" in fang.inner_text("#run")


def test_nobody_else_finds_the_desk(sign_in):
    for login in ("qian", "chen"):
        page = sign_in(login)
        assert page.goto("/models/drafts/").status == 403
    assert "/account/login/" in sign_in(None).goto("/models/drafts/").url

"""A real browser on a real server."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

PASSWORD = "Weigh-every-power-2026"


@pytest.fixture(scope="session")
def address(installation: Any) -> Iterator[str]:
    """The demonstration, served by gunicorn as the unprivileged web role."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "steelyard.cli.main", "serve", "--port", str(port)],
        env=installation.environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    _wait(url)
    yield url
    server.terminate()
    server.wait(20)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the site did not come up")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {
        "executable_path": os.environ.get("STEELYARD_CHROMIUM", "/usr/bin/chromium"),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
                 "--disable-component-update", "--no-first-run"],
    }  # fmt: skip


@pytest.fixture
def sign_in(browser: Any, address: str, installation: Any) -> Iterator[Callable[..., Any]]:
    """A page of one of the cast: ``sign_in("zhou", language="en", phone=True)``; nobody: ``sign_in(None)``."""
    contexts: list[Any] = []
    kept: dict[str, Any] = {}

    def open_page(login: str | None, *, language: str = "en", phone: bool = False) -> Any:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = browser.new_context(viewport=size, locale="en-GB" if language == "en" else "zh-CN",
                                      storage_state=kept.get(login or ""))  # fmt: skip
        contexts.append(context)
        context.add_cookies([{"name": "steelyard_language", "value": language, "url": address}])
        page = context.new_page()
        page.goto(address + "/")
        if login and login not in kept:
            _enter(page, address, login, installation.run("demo", "code", login).strip())
            kept[login] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()


def _enter(page: Any, address: str, login: str, code: str) -> None:
    page.goto(address + "/account/login/")
    page.fill("#id_login", login)
    page.fill("#id_password", PASSWORD)
    page.click("form button.btn-primary")
    page.fill("#id_code", code)
    page.click("form button.btn-primary")
    assert not re.search("/account/", page.url), page.inner_text("body")

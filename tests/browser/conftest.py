"""A real browser on a real server."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steelyard.engines.postgres import Server
from steelyard.kit import yamlfile
from steelyard.kit.home import Home

ROOT = Path(__file__).resolve().parents[2]
CODES = """
import sys
from steelyard.cli.session import Session
from steelyard.cli.web import start_django
from steelyard.engines.postgres import Role
Session.open().database.exists()
start_django(Role.WORKER)
from steelyard.web.orgs.models import User
from steelyard.web.orgs.second_factor import current_code
for line in sys.stdin:
    print(current_code(User.objects.get(username=line.strip())), flush=True)
"""
"""What ``steelyard demo code`` prints, for many people with one start of Django."""


@pytest.fixture(scope="session")
def unplayed(installation: Any) -> Any:
    """The installation as the demonstration made it.  A story can be walked only once on the same data, so that whoever
    keeps a home between runs (STEELYARD_TEST_HOME) sets STEELYARD_TEST_REPLAY too: then its database is put back."""
    if not os.environ.get("STEELYARD_TEST_REPLAY"):
        return installation
    server = Server(Home(installation.home))
    server.stop()
    now, before = installation.home / "postgres", installation.home / "postgres-unplayed"
    if before.exists():
        shutil.rmtree(now)
    source, target = (before, now) if before.exists() else (now, before)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # keeps owners, which shutil does not
    installation.run("migrate")
    return installation


@pytest.fixture(scope="session")
def address(unplayed: Any) -> Iterator[str]:
    """The demonstration, served by gunicorn as the unprivileged web role, with its worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "steelyard.cli.main", "serve", "--port", str(port)],
        env=unplayed.environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    _wait(url)
    yield url
    server.terminate()
    server.wait(60)


def _wait(url: str) -> None:
    for _ in range(300):
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


@pytest.fixture(scope="session")
def password() -> str:
    return str(yamlfile.load(ROOT / "demo" / "cast.yaml").data["password"])


@pytest.fixture(scope="session")
def code_of(address: str, unplayed: Any) -> Iterator[Callable[[str], str]]:
    """The current code of an account's second factor."""
    teller = subprocess.Popen(
        [sys.executable, "-c", CODES], env=unplayed.environment, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def ask(login: str) -> str:
        assert teller.stdin
        assert teller.stdout
        teller.stdin.write(login + "\n")
        teller.stdin.flush()
        return teller.stdout.readline().strip()

    yield ask
    teller.terminate()
    teller.wait(10)


@pytest.fixture(scope="session")
def kept() -> dict[str, Any]:
    """Cookies of those who have signed in: a code is good for one sign-in, and each is made once."""
    return {}


@pytest.fixture
def sign_in(
    browser: Any, address: str, code_of: Callable[[str], str], password: str, kept: dict[str, Any]
) -> Iterator[Callable[..., Any]]:
    """A page of one of the cast: ``sign_in("zhou", language="en", phone=True)``; nobody: ``sign_in(None)``."""
    contexts: list[Any] = []

    def open_page(login: str | None, *, language: str = "en", phone: bool = False, scripts: bool = True) -> Any:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = browser.new_context(
            viewport=size, locale="en-GB" if language == "en" else "zh-CN", base_url=address,
            java_script_enabled=scripts, storage_state=kept.get(login or ""),
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "steelyard_language", "value": _cookie(language), "url": address}])
        page = context.new_page()
        if login and login not in kept:
            _enter(page, login, password, code_of)
            kept[login] = context.storage_state()
        page.goto("/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _cookie(language: str) -> str:
    return "en" if language == "en" else "zh-hans"


def _enter(page: Any, login: str, password: str, code_of: Callable[[str], str]) -> None:
    page.goto("/account/login/")
    page.fill("#id_login", login)
    page.fill("#id_password", password)
    page.click("main form button.btn-primary")
    for _ in range(2):
        page.fill("#id_code", code_of(login))
        page.click("main form button.btn-primary")
        if not re.search("/account/", page.url):
            return
        time.sleep(2)  # the half minute of the code ended on the way
    raise AssertionError(page.inner_text("body"))

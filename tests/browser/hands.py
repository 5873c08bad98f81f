"""What people do on the pages: fill the fields of a form by their names, press its button, look for a while."""

import io
import time
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

FORM = "main form[method=post]"


def photo(words: str = "receipt", size: tuple[int, int] = (640, 480)) -> dict[str, Any]:
    """A real picture, as an upload."""
    picture = Image.new("RGB", size, (222, 214, 190))
    pen = ImageDraw.Draw(picture)
    for line in range(40, size[1], 40):
        pen.line((30, line, size[0] - 30, line), fill=(120, 110, 90), width=2)
    pen.text((40, 16), words, fill=(20, 20, 20))
    told = io.BytesIO()
    picture.save(told, "PNG")
    return {"name": f"{words}.png", "mimeType": "image/png", "buffer": told.getvalue()}


def fill(page: Any, fields: dict[str, Any]) -> None:
    """Fill fields of the form by name: a list ticks several boxes, a dict is a file."""
    for name, value in fields.items():
        found = page.locator(f'main [name="{name}"]')
        assert found.count(), f"there is no field {name} on {page.url}:\n{page.inner_text('main')}"
        kind = found.first.evaluate("field => field.type || field.tagName")
        if isinstance(value, dict):
            found.set_input_files(value)
        elif kind in ("checkbox", "radio"):
            for one in value if isinstance(value, list) else [value]:
                page.check(f'main [name="{name}"][value="{one}"]')
        elif kind.startswith("select"):
            found.select_option(value)
        else:
            found.fill(value)


def press(page: Any, button: str = f"{FORM} button.btn-primary") -> None:
    """Send the form and wait for the page that answers."""
    with page.expect_navigation():
        page.click(button)


def act(page: Any, number: str, move: str, **fields: Any) -> str:
    """One move of a case, by its button and its form; the text of the case page that follows."""
    page.goto(f"/cases/{number}/")
    page.click(f'main a[href$="/act/{move}/"]')
    fill(page, fields)
    press(page)
    assert page.url.endswith(f"/cases/{number}/"), page.inner_text("main")
    assert page.locator(".alert-success").count() == 1, page.inner_text("main")
    return str(page.inner_text("main"))


def moves(page: Any, number: str) -> set[str]:
    """Moves for which the case page shows a button."""
    page.goto(f"/cases/{number}/")
    links = page.locator('main a[href*="/act/"]').evaluate_all("links => links.map(one => one.getAttribute('href'))")
    return {link.rstrip("/").rsplit("/", 1)[1] for link in links}


def names(page: Any, start: str) -> list[str]:
    """Names of fields that begin so."""
    found = page.locator(f'main [name^="{start}"]').evaluate_all("fields => fields.map(one => one.name)")
    return list(dict.fromkeys(found))


def until(condition: Callable[[], bool], what: str, seconds: float = 90) -> None:
    """Wait for a background job."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.5)

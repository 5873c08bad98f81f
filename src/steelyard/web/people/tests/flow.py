"""A villager with a phone and no script: walks the questions as forms."""

import re

from django.test import Client

from steelyard.web.people import receipts

WULONG = "339921101201"
HILL = "The hill behind our houses has no data on this page. Who has it and what does he pay?"
BLAME = "五龙村书记把工程都给了他的妻弟，还收了好处。"


def hidden(page) -> dict[str, str]:
    """The hidden fields of the question on a page."""
    html = page.content.decode()
    form = html.split('name="step"')[0].rsplit("<form", 1)[1] + 'name="step"' + html.split('name="step"', 1)[1]
    form = form.split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    import html as entities

    return {name: entities.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def answer(client: Client, page, **given):
    """Answer the question of a page."""
    return client.post("/people/report/", hidden(page) | {"go": "next"} | given)


def to_check(client: Client, *, about="matter", text=HILL, category="asset", identity="anonymous", contact="",
             works_at="village", photos=()):  # fmt: skip
    """From the first question to the page before sending."""
    page = client.get(f"/people/report/?village={WULONG}")
    page = answer(client, page, about=about)
    page = answer(client, page, category=category, text=text)
    if hidden(page)["step"] == "person":
        page = answer(client, page, person_works_at=works_at)
    page = answer(client, page, identity=identity, contact=contact)
    return answer(client, page, photos=list(photos))


def file_report(client: Client, **given) -> str:
    """Send a report; returns the receipt."""
    page = answer(client, to_check(client, **given))
    shown = re.search(r'class="receipt"[^>]*>([0-9 ]+)<', page.content.decode())
    assert shown, page.content.decode()[:3000]
    return receipts.read(shown.group(1)) or ""

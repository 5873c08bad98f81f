"""How the tests ask an API: an interface of it, its rows, and the ways in which it does not answer just now."""

import json

from steelyard.sources import Auth, Feed, Interface, Limits, Location, Paging, References, Source, fetch
from steelyard.sources.tests.department_api import as_json, cut_short, department, hang_up, paged

SECRET = "geheim-4711-zhimi"
ROWS = [{"id": number, "name": f"户{number}"} for number in range(1, 24)]
BY_PAGE = Paging("page", size=10, rows="data.items", total="data.total")


def interface_of(url, **more):
    location = Location(address=url, path="rows", parameters=more.pop("parameters", {}))
    limits = more.pop("limits", Limits(timeout=2, attempts=3, pause=0.01))
    return Interface(
        "x/rows", {}, (Feed("t", {"id": Source(("id",))}),), connector="rest", file_format="jsonl",
        location=location, limits=limits, **{"paging": BY_PAGE} | more,
    )  # fmt: skip


def fetched(folder, interface, cursor=None):
    got = fetch(interface, folder, References(), cursor)
    lines = got.paths[0].read_text(encoding="utf-8").splitlines()
    assert len(lines) == got.rows
    return got, lines


def ids(lines):
    return [json.loads(line)["id"] for line in lines]


def serving(rows=ROWS, size=0):
    return department(lambda call: paged(rows, call, size))


def with_auth(**said):
    return {"auth": Auth(secret="${STEELYARD_X_KEY}", **said)}


NOT_NOW = [
    as_json({}, 500),
    as_json({}, 503),
    as_json({}, 429, Retry_After="0"),
    (200, {"Content-Type": "text/html"}, b"<html>busy</html>"),
    as_json('{"data": {"total": 23, "items": [{"id": 1}'),
    as_json('{"data": {"total": NaN, "items": []}}'),
    cut_short(b'{"data": {"total": 0, "items": []', 40),
    hang_up,
]

"""What anybody reads of a village."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Area, in_language
from steelyard.web.people import pages
from steelyard.web.people.models import Statistic
from steelyard.web.people.pace import paced

NOT_FOR_MACHINES = "noindex, nofollow, noarchive"
MOST_FOUND = 60


@paced
def village_search(request: HttpRequest) -> HttpResponse:
    words, town = request.GET.get("q", "").strip()[:60], request.GET.get("town", "")
    found = list(pages.villages(words, town)[:MOST_FOUND]) if words or town else []
    context = {"q": words, "town": Area.objects.filter(code=town).first() if town else None, "villages": found,
               "asked": bool(words or town), "counties": pages.counties(), "most": MOST_FOUND}  # fmt: skip
    return render(request, "people/village_search.html", context)


def _village(code: str) -> Area:
    return get_object_or_404(Area.objects.select_related("parent__parent"), code=code, level="village")


@paced
def village_page(request: HttpRequest, code: str) -> HttpResponse:
    village, today = _village(code), clock.today()
    tab = request.GET.get("tab", "project")
    if tab not in pages.TABS:
        raise Http404
    book = pages.VillageBook(village, today)
    law, gaps = pages.duties()["law"][tab], book.gaps()
    context = {
        "village": village, "tab": tab, "tabs": [(one, [gap.tab for gap in gaps].count(one)) for one in pages.TABS],
        "book": book, "today": today,
        "law": in_language(law["zh"], law["en"]), "gaps": [gap for gap in gaps if gap.tab == tab],
        "all_gaps": gaps, "published": pages.published_on(), **_tab(book, tab),
    }  # fmt: skip
    response = render(request, "people/village_page.html", context)
    if tab in pages.LISTS_OF_PERSONS:
        response.headers["X-Robots-Tag"] = NOT_FOR_MACHINES
    return response


def _tab(book: pages.VillageBook, tab: str) -> dict[str, Any]:
    if tab == "project":
        rows = [{"row": row, "steps": book.steps_of_project(row)} for row in book.rows("village_project")]
        return {"projects": sorted(rows, key=lambda found: found["row"]["sign_date"] or "", reverse=True)}
    if tab == "asset":
        return {"assets": [_asset(book, row) for row in book.rows("village_asset")]}
    if tab == "labour":
        return {"labour": sorted(book.rows("village_labour"), key=lambda row: row["work_date"] or "", reverse=True)}
    if tab == "subsidy":
        return {"subsidies": sorted(book.rows("subsidy_payment"), key=lambda row: row["pay_date"] or "", reverse=True)}
    if tab == "procurement":
        found = book.rows("village_purchase")
        return {"purchases": sorted(found, key=lambda row: row["purchase_date"] or "", reverse=True)}
    if tab == "seal":
        return {"seals": _seals(book)}
    balances = sorted(book.rows("village_balance"), key=lambda row: (row["period"] or "", row["account_code"]))
    return {"balances": balances[::-1][:120]}


def _asset(book: pages.VillageBook, row: dict[str, Any]) -> dict[str, Any]:
    contracts = [{"row": found, "rent": book.rent_of(found["key"])} for found in book.contracts_of(row["key"])]
    in_force = book.contract_in_force(row["key"])
    return {"row": row, "title": book.title("village_asset", row), "contracts": contracts, "in_force": in_force}


def _seals(book: pages.VillageBook) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for row in book.rows("seal_use"):
        purpose = pages.word("seal_purpose", row["purpose"])
        counts[purpose] = counts.get(purpose, 0) + 1
    return sorted(counts.items(), key=lambda found: -found[1])


@paced
def matter_page(request: HttpRequest, code: str, dataset: str, key: str) -> HttpResponse:
    village, today = _village(code), clock.today()
    book = pages.VillageBook(village, today)
    row = book.one(dataset, key) if dataset in pages.MATTER_DATASETS.values() else None
    if row is None:
        raise Http404
    contracts = book.contracts_of(key) if dataset == "village_asset" else [row] * (dataset == "village_contract")
    context = {
        "village": village, "dataset": dataset, "row": row, "title": book.title(dataset, row), "today": today,
        "decisions": sorted(book.of_matter("village_decision", key), key=lambda found: found["step_date"] or ""),
        "approvals": book.of_matter("village_approval", key),
        "disclosures": book.of_matter("village_disclosure", key),
        "payments": book.of_matter("village_project_payment", key, "project_id"),
        "changes": book.of_matter("village_project_change", key, "project_id"),
        "contracts": [{"row": found, "rent": book.rent_of(found["key"])} for found in contracts],
        "steps": book.steps_of_project(row) if dataset == "village_project" else [],
        "gaps": [gap for gap in book.gaps() if gap.dataset == dataset and gap.key == key],
        "published": pages.published_on(),
    }  # fmt: skip
    return render(request, "people/matter_page.html", context)


@paced
def people_statistics(request: HttpRequest) -> HttpResponse:
    figures = {figure.name: figure for figure in Statistic.objects.all()}
    return render(request, "people/people_statistics.html", {"figures": figures})


@require_POST
def elder_mode(request: HttpRequest) -> HttpResponse:
    """Larger text on or off, remembered in a cookie."""
    target = request.POST.get("next", "/people/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/people/"
    response = redirect(target)
    if request.COOKIES.get("elder") == "1":
        response.delete_cookie("elder", samesite="Lax")
    else:
        response.set_cookie("elder", "1", max_age=31_536_000, samesite="Lax", httponly=True)
    return response


@require_POST
def leave_now(request: HttpRequest) -> HttpResponse:
    """Clear everything of this site from the browser and show a page that says nothing."""
    response = render(request, "people/left.html")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response

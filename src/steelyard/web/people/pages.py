"""What the public reads of a village: its matters by tab, and what should be public and is not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from steelyard.contracts.vocabulary import load_vocabularies
from steelyard.kit import yamlfile
from steelyard.web.orgs.models import Area, in_language
from steelyard.web.people.models import Publication, PublishedRow

TABS = ("project", "labour", "asset", "subsidy", "procurement", "seal", "finance")
LISTS_OF_PERSONS = ("labour", "subsidy")
MATTER_DATASETS = {"project": "village_project", "asset": "village_asset", "contract": "village_contract",
                   "procurement": "village_purchase"}  # fmt: skip
Row = Mapping[str, Any]


def duties() -> Mapping[str, Any]:
    """What the law obliges a village to publish, from the catalogue."""
    path = Path(settings.STEELYARD_CATALOGUE) / "workflows" / "disclosure.yaml"
    return _duties(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _duties(path: Path, _changed: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yamlfile.load(path).data
    return found


@lru_cache(maxsize=1)
def _vocabularies() -> Mapping[str, Any]:
    return load_vocabularies(Path(settings.STEELYARD_CATALOGUE) / "vocabulary")


def word(vocabulary: str, code: object) -> str:
    """A code in the reader's language; the code itself where it is unknown."""
    found = _vocabularies().get(vocabulary)
    term = found.terms.get(str(code or "")) if found else None
    return in_language(term.words.zh, term.words.en) if term else str(code or "")


def villages(words: str = "", town: str = "") -> QuerySet[Area]:
    """Villages by a part of their name, in either language, or of their code; or those of one town."""
    found = Area.objects.filter(level="village").select_related("parent__parent").order_by("code")
    if town:
        found = found.filter(parent_id=town)
    for part in words.split():
        found = found.filter(Q(name__icontains=part) | Q(name_en__icontains=part) | Q(code__startswith=part))
    return found


def counties() -> list[tuple[Area, list[Area]]]:
    """Counties that have villages, each with its towns."""
    towns = Area.objects.filter(level="town", children__level="village").distinct().select_related("parent")
    by_county: dict[Area, list[Area]] = defaultdict(list)
    for town in towns.order_by("code"):
        if town.parent:
            by_county[town.parent].append(town)
    return list(by_county.items())


def published_on() -> Publication | None:
    """The last filling of the pages."""
    return Publication.objects.order_by("-pk").first()


def register_began() -> str:
    """The first day of the register of publications, over all villages; empty where there is none.

    What was due before it cannot be judged: the register says nothing about that time.
    """
    found = PublishedRow.objects.filter(dataset="village_disclosure", fields__publish_date__isnull=False)
    first = found.aggregate(first=Min(KeyTextTransform("publish_date", "fields")))["first"]
    return str(first or "")


@dataclass(frozen=True)
class Gap:
    """Something that should be public and is not."""

    rule: str
    tab: str
    title: str
    dataset: str
    key: str
    since: dt.date | None
    days: int
    """Days beyond the time allowed."""

    @property
    def words(self) -> str:
        rule = duties()["gaps"][self.rule]
        return in_language(rule["zh"], rule["en"])


@dataclass(frozen=True)
class Rent:
    """What a contract brought, up to a day."""

    due: Decimal
    received: Decimal
    lines: list[tuple[str, Decimal, str]] = field(default_factory=list)
    """Day, amount, ``due`` or ``received``, in the order of days."""

    @property
    def arrears(self) -> Decimal:
        return max(self.due - self.received, Decimal(0))


class VillageBook:
    """All that is published of one village, as of a day."""

    def __init__(self, village: Area, today: dt.date) -> None:
        self.village, self.today = village, today
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in PublishedRow.objects.filter(village_id=village.code).order_by("pk"):
            self._rows[row.dataset].append(row.fields | {"key": row.key})

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        return self._rows.get(dataset, [])  # not [dataset]: reading must not make an empty list

    def one(self, dataset: str, key: str) -> dict[str, Any] | None:
        return next((row for row in self.rows(dataset) if row["key"] == key), None)

    def datasets(self) -> list[str]:
        """Datasets of which something is published."""
        return list(self._rows)

    def is_empty(self) -> bool:
        return not self._rows

    def title(self, dataset: str, row: Row) -> str:
        """What people call the matter."""
        if dataset == "village_project":
            return str(row["name"])
        if dataset == "village_purchase":
            return str(row["item_name"] or row["key"])
        if dataset == "village_asset":
            return f"{word('village_asset_type', row['asset_type'])} {row['location'] or row['key']}"
        asset = self.one("village_asset", row.get("asset_id") or "")
        return self.title("village_asset", asset) if asset else str(row["key"])

    def contracts_of(self, asset: str) -> list[dict[str, Any]]:
        """Contracts of an asset, the newest first."""
        found = [row for row in self.rows("village_contract") if row["asset_id"] == asset]
        return sorted(found, key=lambda row: row["end_date"] or "9999", reverse=True)

    def contract_in_force(self, asset: str) -> dict[str, Any] | None:
        today = self.today.isoformat()
        for row in self.contracts_of(asset):
            if row["status"] not in ("terminated", "void") and (row["end_date"] or "9999") >= today:
                return row
        return None

    def rent_of(self, contract: str) -> Rent:
        """Due and received up to today."""
        today = self.today.isoformat()
        due = [
            (row["due_date"], Decimal(row["amount_due"]), "due")
            for row in self.rows("rent_receivable")
            if row["contract_id"] == contract and row["due_date"] <= today
        ]
        got = [
            (row["received_date"], Decimal(row["amount"]), "received")
            for row in self.rows("rent_receipt")
            if row["contract_id"] == contract and row["received_date"] <= today
        ]
        total_due, total_got = (sum((line[1] for line in lines), Decimal(0)) for lines in (due, got))
        return Rent(total_due, total_got, sorted(due + got))

    def of_matter(self, dataset: str, matter: str, column: str = "matter_id") -> list[dict[str, Any]]:
        return [row for row in self.rows(dataset) if row.get(column) == matter]

    def is_disclosed(self, matter: str) -> bool:
        return bool(self.of_matter("village_disclosure", matter))

    def gaps(self) -> list[Gap]:
        """What should be public and is not, the longest first."""
        found = [*self._undisclosed(), *self._assets_without_contract(), *self._finance()]
        return sorted(found, key=lambda gap: -gap.days)

    def _undisclosed(self) -> list[Gap]:
        began, found = register_began(), []
        for name, rule in duties()["gaps"].items():
            if "after" not in rule or not began:
                continue
            for row in self.rows(rule["dataset"]):
                if (row[rule["after"]] or "") < began:
                    continue
                gap = self._overdue(name, rule["dataset"], row, row[rule["after"]], rule["within_days"])
                if gap and not self.is_disclosed(row["key"]):
                    found.append(gap)
        return found

    def _overdue(self, name: str, dataset: str, row: Row, since: str | None, within: int) -> Gap | None:
        if not since:
            return None
        day = dt.date.fromisoformat(since[:10])
        late = (self.today - day).days - within
        tab = duties()["gaps"][name]["tab"]
        return Gap(name, tab, self.title(dataset, row), dataset, row["key"], day, late) if late > 0 else None

    def _assets_without_contract(self) -> list[Gap]:
        """Assets that are said to be let, or once were, without a contract in force."""
        found = []
        for row in self.rows("village_asset"):
            former = self.contracts_of(row["key"])
            if row["use_status"] in ("self_used", "withdrawn") or self.contract_in_force(row["key"]):
                continue
            if not former and row["use_status"] != "leased":
                continue
            ended = next((contract["end_date"] for contract in former if contract["end_date"]), None)
            since = dt.date.fromisoformat(ended) if ended else None
            late = (self.today - since).days if since else 0
            found.append(Gap(
                "asset_without_contract", "asset", self.title("village_asset", row), "village_asset", row["key"],
                since, late,
            ))  # fmt: skip
        return found

    def _finance(self) -> list[Gap]:
        published = [row["publish_date"] for row in self.rows("village_disclosure") if row["category"] == "finance"]
        days = [day for day in published if day]
        if not days or self.is_empty():
            return []
        last = dt.date.fromisoformat(max(days))
        late = (self.today - last).days - duties()["gaps"]["finance_undisclosed"]["within_days"]
        if late <= 0:
            return []
        return [Gap("finance_undisclosed", "finance", str(self.village), "village_disclosure", "", last, late)]

    def steps_of_project(self, row: Row) -> list[tuple[str, str | None]]:
        """Name of each step of a project and the day it was reached; None where no record exists."""
        key = row["key"]
        decided = {r["step"]: r["step_date"] for r in self.of_matter("village_decision", key)}
        paid = [r["pay_date"] for r in self.of_matter("village_project_payment", key, "project_id") if r["pay_date"]]
        shown = [r["publish_date"] for r in self.of_matter("village_disclosure", key) if r["publish_date"]]
        steps = [
            ("decision", decided.get("vote") or decided.get("joint_meeting") or max(decided.values(), default=None)),
            ("publication", min(shown, default=None)),
            ("contract", row["sign_date"]),
            ("start", row["start_date"]),
            ("payment", min(paid, default=None)),
            ("acceptance", row["accept_date"]),
        ]
        return _by_day(steps)


def _by_day(steps: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Steps that were reached in the order of their days; one without a record stays at its place in the rule."""
    reached = iter(sorted((step for step in steps if step[1]), key=lambda step: str(step[1])[:10]))
    return [next(reached) if step[1] else step for step in steps]

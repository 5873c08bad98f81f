"""Whether a model can be believed in a county: its data came, is fresh, and covers the areas that should have it.

What the columns hold is judged by province (``evaluable``); here each province is taken apart into its counties.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import psycopg

from steelyard.catalogue import Catalogue, Needs, SupervisionModel
from steelyard.contracts import Contract
from steelyard.detect.evaluable import Readiness
from steelyard.kit import durations
from steelyard.pool import RegionCoverage, prefix

EVALUATED = ("ready", "partly", "thin")
"""States in which findings are made."""
TRUSTED = ("ready", "partly")
"""States in which a finding that is gone is believed to be gone."""
BLIND = ("not_evaluable", "never_connected")
THIN = 0.5
"""Below this part of the coverage a model wants, what is there says nothing about the region."""
NAMED = 5
"""How many thin areas a reason names."""


@dataclass(frozen=True)
class Facts:
    """What is known of the data beside its rows."""

    day: dt.date
    coverage: Mapping[tuple[str, str], RegionCoverage] = field(default_factory=dict)
    """By dataset and county code."""
    delivered: Mapping[str, dt.date] = field(default_factory=dict)
    """Dataset to the day of its newest accepted delivery; what is not named here was never delivered through one."""
    counties: tuple[str, ...] = ()
    """Codes of the region table."""


@dataclass(frozen=True)
class _Finding:
    """One thing that keeps a model from being ready."""

    state: str
    zh: str
    en: str


@runtime_checkable
class Measures(Protocol):
    """A pool that knows which areas it covers."""

    def take_coverage(self, day: dt.date, needed: Mapping[str, Collection[str]] | None = None) -> list[str]: ...

    def county_coverage(self) -> dict[tuple[str, str], RegionCoverage]: ...

    def areas(self) -> dict[str, str]: ...


def gather(
    pool: object, connection: "psycopg.Connection[Any]", needed: Mapping[str, Collection[str]], day: dt.date
) -> Facts:
    """Measure what changed and tell what is known; a pool that measures nothing leaves only the deliveries.

    ``needed``: columns by dataset that models need filled.
    """
    came = delivered(connection)
    if not isinstance(pool, Measures):
        return Facts(day, delivered=came)
    pool.take_coverage(day, needed)
    counties = tuple(sorted(code for code, level in pool.areas().items() if level == "county"))
    return Facts(day, pool.county_coverage(), came, counties)


def delivered(connection: "psycopg.Connection[Any]") -> dict[str, dt.date]:
    """Dataset to the day of its newest accepted delivery."""
    rows = connection.execute(
        "SELECT r.dataset, max(d.received_on) FROM engine.receipt r JOIN engine.delivery d ON d.id = r.delivery "
        "WHERE d.state IN ('accepted', 'partly accepted') GROUP BY 1"
    ).fetchall()
    return dict(rows)


def by_county(
    model: SupervisionModel, catalogue: Catalogue, judged: Iterable[Readiness], facts: Facts,
    publishers: Collection[str],
) -> list[Readiness]:  # fmt: skip
    """The judgements by province, taken apart into counties where the region table lists any.

    A publisher's province has no counties: it delivers what it publishes, when it likes.
    """
    found: list[Readiness] = []
    for one in judged:
        province = one.area_code[:2]
        inside = [code for code in facts.counties if code.startswith(province)]
        if province in publishers or not inside:
            found.append(_never(model, catalogue, one, facts))
        else:
            found += [_county(model, catalogue, one, code, facts) for code in inside]
    return found


def _county(model: SupervisionModel, catalogue: Catalogue, province: Readiness, county: str, facts: Facts) -> Readiness:
    if province.state not in EVALUATED:
        return _never(model, catalogue, Readiness(model.id, county, province.state, province.reason), facts)
    found = [
        what
        for needs in model.data.values()
        if not needs.optional
        for dataset in sorted(catalogue.base_datasets([needs.dataset]))
        for what in _lacks(catalogue.contracts[dataset], needs, county, facts)
    ]
    worst = next((state for state in ("not_evaluable", "thin") if any(one.state == state for one in found)), "")
    if not worst:
        return Readiness(model.id, county, province.state, province.reason)
    told = [one for one in found if one.state == worst]
    zh, en = "；".join(one.zh for one in told), "; ".join(one.en for one in told)
    if worst == "thin":
        return Readiness(model.id, county, "thin", {"zh": f"数据不足：{zh}", "en": f"thin: {en}"})
    return Readiness(model.id, county, worst, {"zh": f"不可评估：{zh}", "en": f"not evaluable: {en}"})


def _lacks(contract: Contract, needs: Needs, county: str, facts: Facts) -> Iterable[_Finding]:
    came = facts.delivered.get(contract.dataset)
    covered = facts.coverage.get((contract.dataset, county))
    yield from _late(contract, needs, came, facts.day)
    if covered is None:
        return
    yield from _old(contract, covered, facts.day)
    share = covered.share
    if share is None or share >= needs.min_coverage:
        return
    # A dataset told through a relation carries the relation's wishes; none of its own means any share will do.
    state = "thin" if share >= THIN * needs.min_coverage else "not_evaluable"
    named = "、".join(covered.missing[:NAMED]) + ("…" if len(covered.missing) > NAMED else "")
    yield _Finding(
        state,
        f"{_zh(contract)}仅覆盖 {covered.covered}/{covered.expected} 个{_LEVELS[covered.level][0]}（缺 {named}）",
        f"{_en(contract)} covers {covered.covered} of {covered.expected} {_LEVELS[covered.level][1]}"
        f" (without {named.replace('、', ', ')})",
    )


_LEVELS: Mapping[str, tuple[str, str]] = {
    "village": ("村", "villages"),
    "town": ("乡镇", "townships"),
    "county": ("县", "counties"),
    "city": ("市", "cities"),
    "province": ("省", "provinces"),
}


def _late(contract: Contract, needs: Needs, came: dt.date | None, day: dt.date) -> Iterable[_Finding]:
    """The supplier fell silent: nothing was delivered for longer than its rhythm and the model allow."""
    rhythm = contract.expectations.due_days
    if came is None or rhythm is None:
        return
    wanted = durations.read(needs.freshness)
    limit = max(rhythm, wanted.about_days if wanted else 0)
    age = (day - came).days
    if age > limit:
        yield _Finding(
            "not_evaluable",
            f"{_zh(contract)}已 {age} 天未送达，限 {limit} 天",
            f"{_en(contract)} was last delivered {age} days ago, limit {limit}",
        )


def _old(contract: Contract, covered: RegionCoverage, day: dt.date) -> Iterable[_Finding]:
    """Deliveries come, and the newest business date in them stands still."""
    limit = durations.read(contract.freshness)
    if covered.latest is None or limit is None or not contract.business_date:
        return
    if covered.latest < limit.before(day):
        age = (day - covered.latest).days
        yield _Finding(
            "not_evaluable",
            f"{_zh(contract)}最新业务日期为 {covered.latest}，距今 {age} 天",
            f"the newest business date of {_en(contract)} is {covered.latest}, {age} days ago",
        )


def _never(model: SupervisionModel, catalogue: Catalogue, one: Readiness, facts: Facts) -> Readiness:
    """Not evaluable because nothing ever came is a state of its own: nobody is late, nobody was connected."""
    if one.state != "not_evaluable" or not facts.delivered:
        return one
    needed = [needs.dataset for needs in model.data.values() if not needs.optional]
    absent = sorted(set(catalogue.base_datasets(needed)) - set(facts.delivered))
    if not absent:
        return one
    contracts = [catalogue.contracts[name] for name in absent]
    zh, en = "、".join(_zh(each) for each in contracts), ", ".join(_en(each) for each in contracts)
    return Readiness(
        one.model, one.area_code, "never_connected", {"zh": f"从未接入：{zh}", "en": f"never connected: {en}"}
    )


def _zh(contract: Contract) -> str:
    return f"{contract.title.zh}（{contract.dataset}，{contract.supplier.zh}）"


def _en(contract: Contract) -> str:
    return f"{contract.dataset} of {contract.supplier.en}"


def is_open(area_code: str, states: Iterable[Readiness], wanted: Collection[str]) -> bool:
    """Whether an area may be spoken of: its county is in one of the ``wanted`` states, or it lies above one that is."""
    own = prefix(area_code)
    places = [prefix(one.area_code) for one in states if one.state in wanted]
    return any(own.startswith(place) or place.startswith(own) for place in places)

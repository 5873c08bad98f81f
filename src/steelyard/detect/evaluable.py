"""Where a model may be believed: its columns are there and filled, province by province."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from steelyard.catalogue import Catalogue, Needs, SupervisionModel
from steelyard.detect.stage import AREA_COLUMNS, NOWHERE
from steelyard.engines.duck import Duck, quoted

LEAST_FILLED = 0.8
"""Share of a province's rows in which a needed column must have a value."""

HOMES: Mapping[str, tuple[str, ...]] = {
    # column: registers that tell the area of what it names
    "section_id": ("section",),
    "tender_id": ("tender",),
    "contract_id": ("contract",),
    "project_id": ("project",),
    "bid_id": ("bid",),
    "purchase_id": ("purchase",),
    "org_id": ("org",),
    "owner_org_id": ("org",),
    "company_id": ("company", "org"),
    "expert_id": ("expert",),
    "person_id": ("person",),
    "subject_id": ("company", "person"),
    "party_id": ("company", "person"),
    "bidder_id": ("company",),
    "supplier_id": ("company",),
}
REGISTERS: Mapping[str, str] = {
    "tender": "SELECT tender_id AS id, area_code FROM tender",
    "section": (
        "SELECT s.section_id AS id, t.area_code FROM tender_section AS s JOIN tender AS t ON t.tender_id = s.tender_id"
    ),
    "bid": "SELECT b.bid_id AS id, h.area_code FROM bid AS b JOIN home_section AS h ON h.id = b.section_id",
    "org": "SELECT org_id AS id, area_code FROM org",
    "company": "SELECT company_id AS id, area_code FROM company",
    "person": "SELECT person_id AS id, hukou_village_code AS area_code FROM person",
    "expert": "SELECT expert_id AS id, area_code FROM expert",
    "project": (
        "SELECT project_id AS id, village_code AS area_code FROM village_project "
        "UNION ALL SELECT project_id AS id, area_code FROM investment_project"
    ),
    "purchase": (
        "SELECT p.purchase_id AS id, h.area_code FROM soe_purchase AS p JOIN home_company AS h ON h.id = p.company_id "
        "UNION ALL SELECT purchase_id AS id, village_code AS area_code FROM village_purchase"
    ),
    "contract": (
        "SELECT c.contract_id AS id, h.area_code FROM tender_contract AS c "
        "JOIN home_section AS h ON h.id = c.section_id "
        "UNION ALL SELECT contract_id AS id, village_code AS area_code FROM village_contract "
        "UNION ALL SELECT c.contract_id AS id, h.area_code FROM soe_contract AS c "
        "JOIN home_company AS h ON h.id = c.company_id"
    ),
}
REGISTER_DATASETS = (
    *("tender", "tender_section", "bid", "tender_contract", "org", "company", "person", "expert"),
    *("village_project", "investment_project", "soe_purchase", "village_purchase"),
    *("village_contract", "soe_contract"),
)
"""What must stand on the stage before homes can be told."""


@dataclass(frozen=True)
class Readiness:
    """Whether one model can be evaluated in one province."""

    model: str
    area_code: str
    state: str
    """ready, partly (an optional dataset is missing), not_evaluable or failed."""
    reason: dict[str, str] | None = None


@dataclass(frozen=True)
class Fill:
    """How many rows a dataset has in a province, and in how many each column has a value."""

    rows: int
    filled: Mapping[str, int]

    def lacks(self, column: str) -> bool:
        return self.filled.get(column, 0) < LEAST_FILLED * self.rows


Fills = Mapping[str, Mapping[str, Fill]]
"""Dataset to province (two digits; empty where rows belong to none) to fill."""


def put_homes(connection: Duck) -> None:
    """Tables ``home_<register>``: which area a section, a company, a person … belongs to.

    Where there is one province alone nobody needs to be asked: every row is its.
    """
    if only_province(connection):
        return
    for name, sql in REGISTERS.items():
        connection.execute(
            f"CREATE OR REPLACE TABLE home_{name} AS SELECT id, ANY_VALUE(left(area_code, 2)) AS province "
            f"FROM ({sql.replace('h.area_code', 'h.province AS area_code')}) AS r "
            "WHERE id IS NOT NULL AND area_code IS NOT NULL GROUP BY id"
        )


def only_province(connection: Duck) -> str | None:
    """The two digits of the one province there is; None where there are several, or none."""
    found = connection.execute(
        "SELECT min(left(area_code, 2)), max(left(area_code, 2)) FROM area_code WHERE area_code <> ?", [NOWHERE]
    ).fetchone()
    return str(found[0]) if found and found[0] is not None and found[0] == found[1] else None


def measure(
    connection: Duck, catalogue: Catalogue, wanted: Mapping[str, Collection[str]]
) -> dict[str, dict[str, Fill]]:
    """Fill of the wanted columns (dataset to columns) by province."""
    found: dict[str, dict[str, Fill]] = {}
    only = only_province(connection)
    for dataset, columns in wanted.items():
        known = catalogue.columns(dataset)
        home, joins = (f"'{only}'", "") if only else _home(list(known))
        listed = sorted(columns)
        counts = "".join(f", COUNT({_filled(column, known[column].type)})" for column in listed)
        rows = connection.execute(
            f"SELECT COALESCE({home}, ''), COUNT(*){counts} FROM {quoted(dataset)} AS d {joins} GROUP BY 1"
        ).fetchall()
        found[dataset] = {
            str(row[0]): Fill(int(row[1]), {name: int(n) for name, n in zip(listed, row[2:], strict=True)})
            for row in rows
        }
    return found


def _filled(column: str, kind: str) -> str:
    at = f"d.{quoted(column)}"
    return f"NULLIF({at}, '')" if kind == "string" else at


def _home(columns: list[str]) -> tuple[str, str]:
    """SQL for the province of a row of ``d``, and the joins it needs."""
    terms = [f"left(d.{column}, 2)" for column in columns if column in AREA_COLUMNS]
    joins: list[str] = []
    for column, registers in HOMES.items():
        if column not in columns or len(joins) >= 4:
            continue
        for register in registers:
            alias = f"h{len(joins)}"
            joins.append(f"LEFT JOIN home_{register} AS {alias} ON {alias}.id = d.{column}")
            terms.append(f"{alias}.province")
    return (f"COALESCE({', '.join(terms)})" if terms else "NULL"), " ".join(joins)


def wanted_columns(catalogue: Catalogue, models: Iterable[SupervisionModel]) -> dict[str, set[str]]:
    """Dataset to the columns whose fill decides; of datasets behind a relation only the key."""
    wanted: dict[str, set[str]] = {}
    for model in models:
        for needs in model.data.values():
            if needs.dataset in catalogue.contracts:
                wanted.setdefault(needs.dataset, set()).update(set(needs.needs) - set(needs.may_be_null))
            for dataset in catalogue.base_datasets([needs.dataset]):
                wanted.setdefault(dataset, set()).update(catalogue.contracts[dataset].key)
    return wanted


def judge(
    model: SupervisionModel, catalogue: Catalogue, fills: Fills, provinces: Iterable[str], publishers: Collection[str]
) -> list[Readiness]:
    """One judgement a province.  ``publishers``: provinces that stand for one publisher of data."""
    found: list[Readiness] = []
    for province in provinces:
        code = province.ljust(12, "0")
        missing = [
            what
            for needs in model.data.values()
            if not needs.optional
            for what in _missing(catalogue, fills, needs.dataset, _counted(needs), province)
        ]
        if missing:
            found.append(Readiness(model.id, code, "not_evaluable", _reason(missing, province in publishers)))
            continue
        short = [
            needs.dataset
            for needs in model.data.values()
            if needs.optional and _missing(catalogue, fills, needs.dataset, [], province)
        ]
        reason = {"zh": f"未含 {'、'.join(short)}", "en": f"evaluated without {', '.join(short)}"} if short else None
        found.append(Readiness(model.id, code, "partly" if short else "ready", reason))
    if found:
        return found
    needed = [needs.dataset for needs in model.data.values() if not needs.optional]
    return [Readiness(model.id, NOWHERE, "not_evaluable", _reason(catalogue.base_datasets(needed), False))]


def _counted(needs: Needs) -> list[str]:
    return [column for column in needs.needs if column not in needs.may_be_null]


def _missing(catalogue: Catalogue, fills: Fills, dataset: str, columns: list[str], province: str) -> list[str]:
    if dataset not in catalogue.contracts:
        return [base for base in sorted(catalogue.base_datasets([dataset])) if not _fill(fills, base, province).rows]
    fill = _fill(fills, dataset, province)
    if not fill.rows:
        return [dataset]
    return [f"{dataset}.{column}" for column in columns if fill.lacks(column)]


def _fill(fills: Fills, dataset: str, province: str) -> Fill:
    """The province's own rows; a dataset none of whose rows tells its area counts for every province."""
    by_province = fills.get(dataset) or {}
    if set(by_province) == {""}:
        return by_province[""]
    return by_province.get(province, Fill(0, {}))


def _reason(missing: Collection[str], publisher: bool) -> dict[str, str]:
    named = sorted(set(missing))
    source_zh, source_en = ("该发布方", "this publisher") if publisher else ("该地区", "this area")
    return {
        "zh": f"不可评估：{source_zh}缺少 {'、'.join(named)}",
        "en": f"not evaluable: needs {', '.join(named)} from {source_en}",
    }

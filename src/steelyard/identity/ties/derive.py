"""From the pool's tables to ties: one SQL a kind, then cleaned alike."""

from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from typing import Protocol

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, quoted, register_files
from steelyard.identity.ties.kinds import KINDS, TIERS, Kind, datasets
from steelyard.identity.ties.who import Who
from steelyard.kit.sqltext import literal
from steelyard.pool import LINEAGE, PoolVersion

TIE: Mapping[str, str] = {
    "a": "VARCHAR",
    "b": "VARCHAR",
    "kind": "VARCHAR",
    "basis": "VARCHAR",
    "role": "VARCHAR",
    "degree": "TINYINT",
    "share": "DOUBLE",
    "from_date": "DATE",
    "to_date": "DATE",
    "confidence": "DOUBLE",
    "rank": "UTINYINT",
    "dataset": "VARCHAR",
    "delivery": "VARCHAR",
    "file": "VARCHAR",
    "row": "BIGINT",
}
"""Columns of a tie; from ``dataset`` on they name the delivered row, of a merged period the last one."""
SEEN_DAYS = 183
"""How long before and after it was seen a shared thing counts as used."""
_FAULTY_CONFIDENCE = 0.5
_TOLD_CONFIDENCE = 0.5
"""Of an imported tie whose publisher tells none."""


class Tables(Protocol):
    """What ties need of the pool."""

    @property
    def contracts(self) -> Mapping[str, Contract]: ...

    def current(self) -> PoolVersion: ...

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]: ...


def put_forms(duck: Duck) -> None:
    """Macros of the kinds' SQL.  Blank and too short values are nobody's: they give null, hence no tie."""
    duck.execute(
        "CREATE OR REPLACE MACRO bridge_node(kind, value) AS kind || ':' || left(sha256(value), 24);"
        "CREATE OR REPLACE MACRO narrow(value) AS "
        "translate(value, '０１２３４５６７８９（）－＃　', '0123456789()-# ');"
        # 86 before a mobile number is the country.
        "CREATE OR REPLACE MACRO phone_form(value) AS nullif(regexp_extract("
        "regexp_replace(narrow(value), '[^0-9]', '', 'g'), '^(?:0{0,2}86)?([0-9]{7,15})$', 1), '');"
        "CREATE OR REPLACE MACRO account_form(value) AS nullif(regexp_extract("
        "upper(regexp_replace(narrow(value), '[\\s-]', '', 'g')), '^[0-9A-Z]{6,40}$'), '');"
        "CREATE OR REPLACE MACRO address_form(value) AS nullif(regexp_extract("
        "upper(regexp_replace(narrow(value), '\\s', '', 'g')), '^.{6,}$'), '');"
        "CREATE OR REPLACE MACRO email_form(value) AS nullif(regexp_extract("
        "lower(trim(value)), '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$'), '');"
        # Zeros and loop-back addresses are what a client says that knows none.
        "CREATE OR REPLACE MACRO device_form(value) AS CASE WHEN "
        "regexp_matches(trim(value), '^(0[0:.-]*|127\\..*|::1|(ff[:-]?)+|.{0,5})$', 'i') THEN NULL "
        "ELSE lower(trim(value)) END;"
        f"CREATE OR REPLACE MACRO seen_from(day) AS CAST(CAST(day AS DATE) - INTERVAL {SEEN_DAYS} DAY AS DATE);"
        f"CREATE OR REPLACE MACRO seen_to(day) AS CAST(CAST(day AS DATE) + INTERVAL {SEEN_DAYS} DAY AS DATE);"
    )


def put_datasets(duck: Duck, pool: Tables, version: PoolVersion, who: Who, wanted: Collection[str]) -> None:
    """A view for every dataset wanted, as who is who has it, each row with ``told``: where it was delivered, how
    sure its links are.  A dataset or column that the contracts lack reads as empty."""
    who.put(duck)
    linked = set(who.links["dataset"].to_pylist())
    for dataset, columns in datasets().items():
        if dataset not in wanted:
            continue
        contract = pool.contracts.get(dataset)
        _put_plain(duck, dataset, columns, contract, pool.files(dataset, version) if contract else [])
        subjects = [
            name for name in columns if contract and name in contract.columns and contract.columns[name].subject
        ]
        source = who.overlay.view_sql(dataset, [*columns, *LINEAGE], subjects, quoted(f"plain {dataset}"), sure=False)
        rank, links = "1", ""
        if dataset in linked:
            rank = "greatest(1, coalesce(w.rank, 1))"
            links = (
                f" LEFT JOIN link_rank w ON w.dataset = {literal(dataset)} AND w.delivery = t._delivery"
                " AND w.file = t._file AND w.row = t._raw_row"
            )
        chosen = ", ".join(f"t.{quoted(name)}" for name in columns)
        told = (
            f"{{'dataset': {literal(dataset)}, 'delivery': t._delivery, 'file': t._file, 'row': t._raw_row, "
            f"'rank': {rank}}}"
        )
        duck.execute(
            f"CREATE OR REPLACE VIEW {quoted(dataset)} AS SELECT {chosen}, {told} AS told FROM {source} t{links}"
        )


def _put_plain(
    duck: Duck, dataset: str, columns: Collection[str], contract: Contract | None, listed: Sequence[str]
) -> None:
    """The dataset as delivered.  What the contracts lack has no type of its own, so that it fits every comparison."""
    known = contract.schema if contract else {}
    given = {name: known[name] for name in columns if name in known}
    register_files(duck, f"given {dataset}", listed, given | dict(LINEAGE))
    lacking = "".join(f", NULL AS {quoted(name)}" for name in columns if name not in known)
    plain, delivered = quoted(f"plain {dataset}"), quoted(f"given {dataset}")
    duck.execute(f"CREATE OR REPLACE VIEW {plain} AS SELECT *{lacking} FROM {delivered}")


def put_ties(duck: Duck, kind: Kind) -> None:
    """The table ``tie <kind>`` with the columns of TIE, each row once, and what is wrong with the rows in ``fault``.

    Needs the views of ``put_datasets``, the macros of ``put_forms``, and the table of ``put_faults``.
    """
    text = (files("steelyard.identity.ties") / "sql" / f"{kind.name}.sql").read_text(encoding="utf-8")
    text = f"SELECT * FROM ({text}\n) UNION ALL BY NAME {_imported(kind)}"
    duck.execute(f"CREATE OR REPLACE TEMP TABLE told AS SELECT {_filled(duck, text, kind)} FROM ({text}) AS t "
                 "LEFT JOIN subject_rank p ON p.key = t.a LEFT JOIN subject_rank q ON q.key = t.b "
                 "WHERE t.a IS NOT NULL AND t.b IS NOT NULL")  # fmt: skip
    _note_faults(duck, kind)
    clean = (
        "SELECT * REPLACE ("
        "CASE WHEN share > 0 AND share <= 1 THEN share END AS share, "
        "CASE WHEN degree BETWEEN 1 AND 3 THEN degree END AS degree, "
        "CASE WHEN confidence BETWEEN 0 AND 1 THEN confidence END * "
        f"CASE WHEN share <= 0 OR share > 1 THEN {_FAULTY_CONFIDENCE} ELSE 1 END AS confidence) FROM told "
        "WHERE a <> b AND (from_date <= to_date OR from_date IS NULL OR to_date IS NULL)"
    )
    made = _merged(clean) if kind.observed else clean
    duck.execute(f"CREATE OR REPLACE TABLE {quoted(f'tie {kind.name}')} AS SELECT DISTINCT * FROM ({made})")


def _imported(kind: Kind) -> str:
    """What outside publishers told of a kind: never surer than its publisher, whoever its ends are."""
    row = (
        "{'dataset': 'import:' || publisher, 'delivery': delivery, 'file': file, 'row': row, "
        f"'rank': {TIERS['source']}}} AS told"
    )
    rest = (
        f"basis, role, degree, share, coalesce(confidence, {_TOLD_CONFIDENCE}) AS confidence, from_date, to_date, {row}"
    )
    ends = [("a", "b", rest)]
    if kind.bridge:
        # Two who share something that is not named: it stands under the name of the tie.
        thing = f"bridge_node({literal(kind.name)}, publisher || ':' || id)"
        ends = [("a", thing, rest), ("b", thing, rest)]
    elif not kind.directed:
        ends.append(("b", "a", rest.replace("role", "NULL AS role", 1)))
    parts = (
        f"SELECT coalesce(x.key, {a}) AS a, coalesce(y.key, {b}) AS b, {told} FROM imported_tie "
        f"LEFT JOIN identity_alias x ON x.old = {a} LEFT JOIN identity_alias y ON y.old = {b} "
        f"WHERE kind = {literal(kind.name)}"
        for a, b, told in ends
    )
    return " UNION ALL BY NAME ".join(parts)


def _filled(duck: Duck, text: str, kind: Kind) -> str:
    """The columns of TIE from what a kind's SQL gives; what it does not give is null."""
    given = {row[0] for row in duck.execute(f"DESCRIBE {text}").fetchall()}
    own = {
        "kind": literal(kind.name),
        "rank": "greatest(t.told.rank, coalesce(p.rank, 1), coalesce(q.rank, 1))",
        **{name: f"t.told.{quoted(name)}" for name in ("dataset", "delivery", "file", "row")},
    }
    parts = [own.get(name) or (f"t.{quoted(name)}" if name in given else "NULL") for name in TIE]
    return ", ".join(
        f"TRY_CAST({part} AS {type_}) AS {quoted(name)}" for part, (name, type_) in zip(parts, TIE.items(), strict=True)
    )


def _merged(rows: str) -> str:
    """Observations of one and the same merged to periods without a gap; the newest observation is the source."""
    same = "a, b, kind, basis, role, dataset"
    rest = [name for name in TIE if name not in {*same.split(", "), "from_date", "to_date", "rank", "confidence"}]
    newest = ", ".join(f"arg_max({name}, (coalesce(from_date, DATE '0001-01-01'), delivery, file, row)) AS {name}"
                       for name in rest if name not in {"degree", "share"})  # fmt: skip
    order = f"(PARTITION BY {same} ORDER BY began, ended, delivery, file, row ROWS BETWEEN UNBOUNDED PRECEDING AND"
    placed = (
        "SELECT *, coalesce(from_date, DATE '0001-01-01') AS began, coalesce(to_date, DATE '9999-12-30') AS ended "
        f"FROM ({rows})"
    )
    apart = (
        f"SELECT *, CASE WHEN began <= max(ended) OVER {order} 1 PRECEDING) + 1 THEN 0 ELSE 1 END AS apart "
        f"FROM ({placed})"
    )
    return (
        f"SELECT {same}, NULL::TINYINT AS degree, NULL::DOUBLE AS share, min(from_date) AS from_date, "
        "CASE WHEN bool_or(to_date IS NULL) THEN NULL ELSE max(to_date) END AS to_date, "
        f"max(confidence) AS confidence, max(rank) AS rank, {newest} "
        f"FROM (SELECT *, sum(apart) OVER {order} CURRENT ROW) AS span FROM ({apart})) GROUP BY {same}, span"
    )


def put_faults(duck: Duck) -> None:
    """The empty table ``fault``: what is wrong with the data of ties; the rows stay what they are."""
    duck.execute(
        "CREATE OR REPLACE TABLE fault (fault VARCHAR, kind VARCHAR, node VARCHAR, other VARCHAR, figure DOUBLE, "
        "dataset VARCHAR, delivery VARCHAR, file VARCHAR, row BIGINT)"
    )


def _note_faults(duck: Duck, kind: Kind) -> None:
    found = {
        "tied-to-itself": "a = b",
        "period-reversed": "from_date > to_date",
        "confidence-out-of-range": "confidence < 0 OR confidence > 1 OR confidence IS NULL",
    }
    if kind.name == "ownership":
        found["share-out-of-range"] = "share <= 0 OR share > 1"
    if kind.name == "kin":
        found["degree-unknown"] = "degree IS NULL OR degree NOT BETWEEN 1 AND 3"
    for fault, wrong in found.items():
        figure = {"share-out-of-range": "share", "degree-unknown": "degree", "confidence-out-of-range": "confidence"}
        duck.execute(
            f"INSERT INTO fault SELECT DISTINCT '{fault}', kind, a, b, {figure.get(fault, 'NULL')}, "
            f"dataset, delivery, file, row FROM told WHERE {wrong}"
        )


_PARENTS = ("父亲", "母亲", "父", "母", "父母", "parent", "father", "mother")


def note_parents(duck: Duck) -> None:
    """Two people of whom each is told to be the other's parent."""
    words = ", ".join(literal(word) for word in _PARENTS)
    duck.execute(
        "INSERT INTO fault SELECT 'parents-of-each-other', 'kin', x.a, x.b, NULL, x.dataset, x.delivery, x.file, x.row "
        f'FROM "tie kin" x JOIN "tie kin" y ON y.a = x.b AND y.b = x.a '
        f"WHERE x.role IN ({words}) AND y.role IN ({words})"
    )


def read_kinds(duck: Duck, pool: Tables, version: PoolVersion, who: Who, kinds: Collection[str]) -> None:
    """Make ``tie <kind>`` for each of the kinds, and ``fault``."""
    put_forms(duck)
    put_faults(duck)
    put_datasets(duck, pool, version, who, {name for kind in kinds for name in KINDS[kind].reads})
    for kind in kinds:
        put_ties(duck, KINDS[kind])
    if "kin" in kinds:
        note_parents(duck)

"""Where models are evaluated: datasets, derived relations and reserved relations in one engine."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.detect.parameters import AREA_CODE_LENGTHS, literal, param_sql
from steelyard.engines.duck import Duck, quoted

_MONTH = re.compile(r"^\d{4}-\d{2}$")
NOWHERE = "000000000000"
"""The top area where nothing tells of one."""

AREA_COLUMNS = ("area_code", "village_code", "hukou_village_code")


class Stage:
    """Puts relations where a model's SQL finds them by name.  One model at a time."""

    def __init__(self, connection: Duck, catalogue: Catalogue) -> None:
        self.connection = connection
        self.catalogue = catalogue

    def interrupt(self) -> None:
        """Stop what is being computed; it fails.  From another thread."""
        self.connection.interrupt()

    def put_rows(self, dataset: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make a table of a dataset from given rows; columns not given are null."""
        self.put_table(dataset, self.catalogue.schema(dataset), rows)

    def put_table(self, name: str, schema: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Make a table of given rows under any name; columns not given are null."""
        if not rows:
            listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in schema.items())
            self.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({listed})")
            return
        given = [column for column in schema if any(column in row for row in rows)]
        values = ", ".join(
            "(" + ", ".join(literal(_fitting(row.get(column), schema[column])) for column in given) + ")"
            for row in rows
        )
        chosen = ", ".join(
            f"CAST({quoted(column) if column in given else 'NULL'} AS {kind}) AS {quoted(column)}"
            for column, kind in schema.items()
        )
        names = ", ".join(quoted(column) for column in given)
        source = f"(VALUES {values}) AS given({names})" if given else f"range({len(rows)})"
        self.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT {chosen} FROM {source}")

    def put_relation(self, relation: Relation) -> None:
        """Compute a derived relation from what is there already.  Raises SqlBroken, DuckError."""
        refuse_foreign(relation.sql, relation.data)
        self.connection.execute(f"CREATE OR REPLACE TABLE {quoted(relation.id)} AS {relation_sql(relation)}")

    def put_areas(self, datasets: Iterable[str]) -> str:
        """Gather every area code that ``region`` or an area column of ``datasets`` names, with its parents.

        Returns the top area: the province with the smallest code, or one that fits the codes met.
        """
        known = {"region", *datasets}
        found = " UNION ".join(
            f"SELECT {quoted(column)} AS area_code FROM {quoted(dataset)}"
            for dataset in sorted(known)
            for column in self.catalogue.columns(dataset)
            if column in AREA_COLUMNS
        )
        self.connection.execute(
            "CREATE OR REPLACE TABLE area_code AS WITH met AS ("
            f"SELECT DISTINCT area_code FROM ({found}) AS f WHERE area_code IS NOT NULL AND area_code <> ''), "
            "above AS (SELECT rpad(left(area_code, n), 12, '0') AS area_code FROM met, "
            "(VALUES (2), (4), (6), (9)) AS level(n) WHERE length(area_code) = 12) "
            f"SELECT area_code FROM met UNION SELECT area_code FROM above UNION SELECT '{NOWHERE}'"
        )
        provinces = "SELECT MIN(area_code) FROM region WHERE level = 'province'"
        smallest = f"SELECT rpad(left(MIN(area_code), 2), 12, '0') FROM area_code WHERE area_code <> '{NOWHERE}'"
        row = self.connection.execute(f"SELECT COALESCE(({provinces}), ({smallest}), '{NOWHERE}')").fetchone()
        root = str(row[0]) if row else NOWHERE
        self.connection.execute(
            f"INSERT INTO area_code SELECT '{root}' WHERE '{root}' NOT IN (SELECT area_code FROM area_code)"
        )
        return root

    def put_given_areas(self, given: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
        """As ``put_areas``, from rows at hand: asking the engine would cost more than a whole small case."""
        met = {
            str(row[column]) for rows in given.values() for row in rows for column in AREA_COLUMNS if row.get(column)
        }
        above = {code[:n].ljust(12, "0") for code in met if len(code) == 12 for n in AREA_CODE_LENGTHS}
        provinces = [str(row.get("area_code")) for row in given.get("region", ()) if row.get("level") == "province"]
        root = min(provinces) if provinces else min(met)[:2].ljust(12, "0") if met else NOWHERE
        codes = sorted(met | above | {root, NOWHERE})
        values = ", ".join(f"({literal(code)})" for code in codes)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE area_code AS SELECT area_code FROM (VALUES {values}) AS met(area_code)"
        )
        return root

    def put_run(self, as_of: dt.date, root_area: str) -> None:
        """The reserved relation ``run``."""
        self.connection.execute(
            f"CREATE OR REPLACE TABLE run AS SELECT CAST({literal(as_of)} AS DATE) AS as_of,"
            f" CAST({literal(root_area)} AS VARCHAR) AS root_area"
        )

    def put_param(
        self,
        model: SupervisionModel,
        as_of: dt.date,
        overrides: Sequence[Override] = (),
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """The reserved relation ``param`` of one model.  Raises UnknownParameter."""
        self.connection.execute(
            f"CREATE OR REPLACE TABLE param AS {param_sql(model, as_of, overrides=overrides, values=values)}"
        )

    def put_found(self, model: SupervisionModel, only: Callable[[str], str] = str) -> None:
        """The rows the model says, numbered by their keys as ``_hit``, in the table ``found``.

        ``only``: turns the text into one that says fewer rows.
        """
        self._number(model, only(bare(model.sql)))

    def _number(self, model: SupervisionModel, rows: str) -> None:
        order = ", ".join(f"q.{quoted(column)}" for column in model.key)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE found AS SELECT row_number() OVER (ORDER BY {order}) AS _hit, q.* "
            f"FROM ({rows}) AS q"
        )


def relation_sql(relation: Relation) -> str:
    """A derived relation with the types it promises."""
    chosen = ", ".join(
        f"CAST({quoted(column)} AS {kind}) AS {quoted(column)}" for column, kind in relation.schema.items()
    )
    return f"SELECT {chosen} FROM ({bare(relation.sql)}) AS made"


def _fitting(value: Any, kind: str) -> Any:
    """A given value as the pool would hold it: blank text is no value, a month is its first day."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    return f"{value}-01" if kind == "DATE" and _MONTH.match(value) else value


def bare(sql: str) -> str:
    """A text that may stand in brackets: without the last semicolon, ended by a line break."""
    return sql.strip().rstrip(";").strip() + "\n"

"""Rules on model.sql and the evidence, as far as a look at the parsed text and an empty engine can say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.lint import titles
from steelyard.catalogue.lint.subset import breaches
from steelyard.catalogue.model import RUN_SCHEMA, Catalogue, Relation, SupervisionModel
from steelyard.catalogue.tree import RESERVED, SqlBroken, Tree, origins, read
from steelyard.engines.dialects import NotPortable, to_spark
from steelyard.engines.duck import Duck, DuckError, register_files

KEY_TYPES = ("VARCHAR", "BIGINT", "INTEGER", "BOOLEAN", "SMALLINT", "TINYINT", "HUGEINT")
OPEN_IN_COMMON = ("official", "kinship")
"""L4 datasets that models outside the commission's zone may read."""


@dataclass(frozen=True)
class Look:
    """What the look at one model's SQL told."""

    tree: Tree | None
    output: Mapping[str, str]
    """Output column to SQL type."""
    complaints: list[Complaint]


class Evaluator:
    """Binds texts in an engine that holds every dataset without a row."""

    def __init__(self, catalogue: Catalogue, connection: Duck) -> None:
        self.catalogue = catalogue
        self.connection = connection
        for name in (*catalogue.contracts, *catalogue.relations):
            register_files(connection, name, [], catalogue.schema(name))
        register_files(connection, "run", [], RUN_SCHEMA)

    def look(self, model: SupervisionModel) -> Look:
        """Everything the rules on SQL, contract, types, clock, text and evidence have to say."""
        sql_path = model.path / "model.sql"
        found: list[Complaint] = []
        schema = self._schema(model)
        unknown = sorted(name for name in model.data if not self.catalogue.knows(name))
        for name in unknown:
            found.append(self._yaml(model, "contract", f"there is no dataset {name}", "data", name))
        try:
            tree = read(model.sql, schema)
        except SqlBroken as error:
            found.append(Complaint.at(sql_path, error.line, "sql", str(error)))
            return Look(None, {}, found)
        found += [Complaint.at(sql_path, *one) for one in breaches(tree)]
        found += _portable(model.sql, sql_path)
        register_files(self.connection, "param", [], model.param_schema)
        output = self._output(model, found)
        found += self._contract(model, tree)
        if output:
            found += self._columns(model, output)
            found += self._subjects(model, tree, output)
            found += titles.complaints(model, tree, output, self.catalogue)
            found += self._evidence(model, tree, output)
        return Look(tree, output, found)

    def look_at_relation(self, relation: Relation) -> list[Complaint]:
        """The rules on SQL and contract for a derived relation."""
        path = relation.path / "relation.sql"
        schema = {name: self.catalogue.schema(name) for name in relation.data if self.catalogue.knows(name)}
        try:
            tree = read(relation.sql, schema)
        except SqlBroken as error:
            return [Complaint.at(path, error.line, "sql", str(error))]
        found = [Complaint.at(path, *one) for one in breaches(tree, recursive=True)]
        found += _portable(relation.sql, path)
        for name, needs in relation.data.items():
            short = tree.columns.get(name, frozenset()) - set(needs)
            if short:
                line = relation.document.line_of("data", name)
                message = f"{name}: needs does not name {', '.join(sorted(short))}"
                found.append(Complaint.at(relation.document.path, line, "contract", message))
        try:
            cursor = self.connection.execute(f"SELECT * FROM ({_bare(relation.sql)}) AS made")
            got = [str(column[0]) for column in cursor.description or []]
            if got != list(relation.columns):
                found.append(Complaint.at(path, 1, "output", f"gives {got}, declared are {list(relation.columns)}"))
        except DuckError as error:
            found.append(Complaint.at(path, 1, "sql", str(error).splitlines()[0]))
        if not set(relation.key) <= set(relation.columns):
            found.append(
                Complaint.at(relation.document.path, relation.document.line_of("key"), "key", "unknown column")
            )
        return found

    def _schema(self, model: SupervisionModel) -> dict[str, Mapping[str, str]]:
        known = {name: self.catalogue.schema(name) for name in model.data if self.catalogue.knows(name)}
        return {**known, "run": RUN_SCHEMA, "param": model.param_schema}

    def _yaml(self, model: SupervisionModel, rule: str, message: str, *at: str | int) -> Complaint:
        return Complaint.at(model.document.path, model.document.line_of(*at), rule, message)

    def _output(self, model: SupervisionModel, found: list[Complaint]) -> dict[str, str]:
        try:
            described = self.connection.execute(f"DESCRIBE SELECT * FROM ({_bare(model.sql)}) AS found").fetchall()
            self.connection.execute(f"CREATE OR REPLACE TABLE hit AS SELECT * FROM ({_bare(model.sql)}) AS found")
        except DuckError as error:
            found.append(Complaint.at(model.path / "model.sql", 1, "sql", str(error).splitlines()[0]))
            return {}
        return {str(row[0]): str(row[1]) for row in described}

    def _contract(self, model: SupervisionModel, tree: Tree) -> Iterator[Complaint]:
        for name in sorted(set(model.data) - tree.tables):
            yield self._yaml(model, "contract", f"{name} is declared but not read", "data", name)
        for name, needs in model.data.items():
            if not self.catalogue.knows(name):
                continue
            known = set(self.catalogue.columns(name))
            for column in sorted(set(needs.needs) - known):
                yield self._yaml(model, "contract", f"{name} has no column {column}", "data", name)
            short = tree.columns.get(name, frozenset()) - set(needs.needs)
            if short:
                message = f"{name}: needs does not name {', '.join(sorted(short))}"
                yield self._yaml(model, "contract", message, "data", name)
            for column in sorted(set(needs.may_be_null) - set(needs.needs)):
                yield self._yaml(
                    model, "contract", f"{name}: may_be_null names {column}, which is not needed", "data", name
                )
        reads_day = "as_of" in tree.columns.get("run", frozenset())
        if reads_day != (model.clock == "daily"):
            message = (
                "reads run.as_of: clock must be daily" if reads_day else "does not read run.as_of: clock must be none"
            )
            yield self._yaml(model, "clock", message, "clock")
        if not set(model.unit) <= set(model.key):
            yield self._yaml(model, "unit", "unit must be part of the key", "unit")
        if model.zone == "common":
            yield from self._zone(model, tree)

    def _zone(self, model: SupervisionModel, tree: Tree) -> Iterator[Complaint]:
        for name, columns in tree.columns.items():
            if name in OPEN_IN_COMMON or name not in self.catalogue.contracts:
                continue
            closed = [column for column in columns if self.catalogue.columns(name)[column].sensitivity == "L4"]
            if closed:
                message = f"{name}.{', '.join(sorted(closed))} is L4: the zone must be commission"
                yield self._yaml(model, "privacy", message, "data", name)

    def _columns(self, model: SupervisionModel, output: Mapping[str, str]) -> Iterator[Complaint]:
        wanted = {*model.key, model.area, *model.subjects, model.grade_column}
        if model.identity_tier:
            wanted.add(model.identity_tier)
        for column in sorted(wanted - set(output)):
            yield self._yaml(model, "output", f"the SELECT gives no column {column}", "key")
        for column in model.key:
            if column in output and output[column] not in KEY_TYPES:
                yield self._yaml(model, "key", f"{column} is {output[column]}: never an amount or a date", "key")
        for column, kind in output.items():
            if kind in ("DOUBLE", "FLOAT"):
                message = f"{column} is {kind}: cast it to DECIMAL(18,2) for money or (18,6) for a ratio"
                yield Complaint.at(model.path / "model.sql", 1, "types", message)
        for column, kind in model.subjects.items():
            if kind not in ("person", "company", "party", "org"):
                yield self._yaml(model, "subjects", f"{column}: {kind} is no kind of subject", "subjects", column)

    def _subjects(self, model: SupervisionModel, tree: Tree, output: Mapping[str, str]) -> Iterator[Complaint]:
        """A subject column holds keys of subjects: a number of a register would be nobody's key."""
        for column in sorted(set(model.subjects) & set(output)):
            made_of = {
                self.catalogue.columns(table)[name].subject is not None
                for table, name in origins(tree, column)
                if table not in RESERVED and self.catalogue.knows(table)
            }
            if made_of == {False}:
                message = f"{column} is made of no subject column of a contract"
                yield self._yaml(model, "subjects", message, "subjects", column)

    def _evidence(self, model: SupervisionModel, tree: Tree, output: Mapping[str, str]) -> Iterator[Complaint]:
        schema = {**self._schema(model), "hit": dict(output)}
        shown: set[str] = set()
        for number, evidence in enumerate(model.evidence):
            line = model.document.line_of("evidence", number, "sql")
            try:
                part = read(evidence.sql, schema)
                self.connection.execute(_bare(evidence.sql))
            except (SqlBroken, DuckError) as error:
                yield Complaint.at(
                    model.document.path, line, "evidence", f"{evidence.name}: {str(error).splitlines()[0]}"
                )
                continue
            shown |= part.tables
            if "hit" not in part.tables:
                yield Complaint.at(model.document.path, line, "evidence", f"{evidence.name} does not read hit")
            for _, rule, message in breaches(part):
                yield Complaint.at(model.document.path, line, rule, f"{evidence.name}: {message}")
            for complaint in _portable(evidence.sql, model.document.path):
                yield Complaint.at(model.document.path, line, complaint.rule, f"{evidence.name}: {complaint.message}")
        if not model.evidence:
            yield self._yaml(model, "evidence", "a model needs an evidence query", "evidence")
        if model.identity_tier:
            return
        for name in sorted(set(tree.joined) & set(model.data) - shown):
            named = self.catalogue.columns(name)
            tied = sorted(column for column in tree.joined[name] if named[column].subject)
            if tied:
                message = f"{name} is joined on {', '.join(tied)}: show it as evidence or give identity_tier"
                yield self._yaml(model, "evidence", message, "evidence")


def privacy(model: SupervisionModel, tree: Tree, catalogue: Catalogue) -> list[str]:
    """Each L3 and L4 column a model reads, for the privacy review."""
    return sorted(
        f"{name}.{column} {catalogue.columns(name)[column].sensitivity}"
        for name, columns in tree.columns.items()
        if name not in RESERVED
        for column in columns
        if catalogue.columns(name)[column].sensitivity in ("L3", "L4")
    )


def _portable(sql: str, path: object) -> list[Complaint]:
    try:
        to_spark(sql)
    except NotPortable as error:
        return [Complaint(str(path), 1, "spark", str(error).splitlines()[0])]
    return []


def _bare(sql: str) -> str:
    return sql.strip().rstrip(";").strip() + "\n"

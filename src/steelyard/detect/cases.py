"""Runs the unit cases of models: given rows in, findings out, compared with what was expected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Case, CaseFile, CasesBroken, read_cases
from steelyard.catalogue.codes import codes
from steelyard.catalogue.model import RUN_SCHEMA
from steelyard.catalogue.placeholders import in_words, items, placeholders, render
from steelyard.catalogue.tree import Tree, read
from steelyard.detect.comparison import difference
from steelyard.detect.stage import Stage, bare
from steelyard.engines.duck import DuckError, close_off, connect, rows
from steelyard.kit.errors import SteelyardError
from steelyard.kit.yamlfile import YamlError


@dataclass(frozen=True)
class Failure:
    """One case that does not hold."""

    model: str
    case: str
    where: str
    """File and line."""
    why: str


@dataclass
class CaseReport:
    """What a run of cases found."""

    models: int = 0
    cases: int = 0
    failed: list[Failure] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Models that outside cases ask for and the catalogue does not have."""

    @property
    def failures(self) -> int:
        return len(self.failed)


class _Refused(SteelyardError):
    """A case asks for something that is not there."""


def run_cases(
    catalogue: Catalogue, ids: Collection[str] = (), *, outside: Path | None = None, runner: "CaseRunner | None" = None
) -> CaseReport:
    """Run the catalogue's own cases, or those below ``outside`` (``<field>/<model>/cases.yaml``).

    ``ids`` restricts to some models.  ``runner``: what evaluates them, on DuckDB unless said otherwise.
    A case that crashes is a failure, never an end.
    """
    report = CaseReport()
    runner = runner or CaseRunner(catalogue, own=outside is None)
    for name, path in _files(catalogue, outside):
        if ids and name not in ids:
            continue
        subject = catalogue.models.get(name) or catalogue.relations.get(name)
        if subject is None and (catalogue.root / "models" / name).is_dir():
            report.cases += 1
            report.failed.append(Failure(name, "(model)", f"{path}:1", "the model cannot be read: catalogue check"))
            continue
        if subject is None:
            report.missing.append(name)
            continue
        if isinstance(subject, SupervisionModel):
            report.models += 1
        try:
            file = read_cases(path)
        except (YamlError, CasesBroken) as error:
            report.cases += 1
            report.failed.append(Failure(name, "(file)", f"{path}:1", str(error)))
            continue
        _run_file(runner, subject, file, report)
    return report


def _files(catalogue: Catalogue, outside: Path | None) -> list[tuple[str, Path]]:
    if outside is not None:
        return [(f"{p.parent.parent.name}/{p.parent.name}", p) for p in sorted(outside.glob("*/*/cases.yaml"))]
    every: list[Relation | SupervisionModel] = [*catalogue.relations.values(), *catalogue.models.values()]
    return [(subject.id, subject.path / "cases.yaml") for subject in every]


def _run_file(runner: "CaseRunner", subject: Relation | SupervisionModel, file: CaseFile, report: CaseReport) -> None:
    report.cases += len(file.cases) + len(file.broken)
    for name, line, reason in file.broken:
        report.failed.append(Failure(subject.id, name, f"{file.path}:{line}", reason))
    for case in file.cases:
        try:
            why = runner.run(subject, case)
        except Exception as error:  # noqa: BLE001  # the outer edge: a crashing case is a failed case
            why = f"{type(error).__name__}: {error}"
        if why:
            report.failed.append(Failure(subject.id, case.name, f"{file.path}:{case.line}", why))


class CaseRunner:
    """Evaluates cases one after the other on one connection: opening an engine costs more than a case."""

    def __init__(self, catalogue: Catalogue, *, own: bool) -> None:
        self.catalogue = catalogue
        self.own = own
        self.connection = connect(memory_mb=1024, threads=1)
        close_off(self.connection)
        self.stage = self.make_stage()
        self.standing: dict[str, Sequence[Mapping[str, Any]]] = {}
        """Rows of the tables that stand from an earlier case: most cases share their defaults."""

    def make_stage(self) -> Stage:
        return Stage(self.connection, self.catalogue)

    def run(self, subject: Relation | SupervisionModel, case: Case) -> str | None:
        """Why the case does not hold, or None."""
        self._check_given(case)
        self._lay_out(subject, case)
        if isinstance(subject, Relation):
            self.stage.put_relation(subject)
            self.standing.pop(subject.id, None)
            return difference(rows(self.connection, f'SELECT * FROM "{subject.id}"'), case.expect)
        root = self.stage.put_given_areas(case.given)
        self.stage.put_run(case.as_of, root)
        self.stage.put_param(subject, case.as_of, case.overrides, case.params)
        if not self.own:
            found = rows(self.connection, bare(subject.sql))
            return difference([_with_area(subject, row, root) for row in found], case.expect)
        self.connection.execute(f"CREATE OR REPLACE TABLE hit AS SELECT * FROM ({bare(subject.sql)}) AS found")
        found = rows(self.connection, "SELECT * FROM hit")
        return difference(found, case.expect) or _twice(subject, found) or self._shown(subject, found)

    def _check_given(self, case: Case) -> None:
        for dataset, listed in case.given.items():
            if not self.catalogue.knows(dataset):
                raise _Refused(f"given: there is no dataset {dataset}")
            known = self.catalogue.columns(dataset)
            unknown = sorted({str(column) for row in listed for column in row} - set(known))
            if unknown:
                raise _Refused(f"given: {dataset} has no column {', '.join(unknown)}")

    def _lay_out(self, subject: Relation | SupervisionModel, case: Case) -> None:
        """Tables for everything the subject reads."""
        wanted = set(subject.data)
        derived = [one for one in self.catalogue.relations_needed(wanted) if one.id not in case.given]
        base = self.catalogue.base_datasets(wanted)
        for dataset in {*base, "region", *(wanted & set(case.given))}:
            self._put(dataset, case)
        for relation in self.catalogue.relations_needed(wanted):
            if relation.id in case.given:
                self._put(relation.id, case)
            elif relation in derived:
                self.stage.put_relation(relation)
                self.standing.pop(relation.id, None)

    def _put(self, dataset: str, case: Case) -> None:
        listed = case.given.get(dataset) or []
        if self.standing.get(dataset) != listed:
            self.standing.pop(dataset, None)
            self.stage.put_rows(dataset, listed)
            self.standing[dataset] = listed

    def _shown(self, model: SupervisionModel, found: Sequence[dict[str, Any]]) -> str | None:
        """Both titles render in words and some evidence stands behind the findings of the project's own case."""
        if not found:
            return None
        for row in found:
            wordless = _wordless(self.catalogue, model, row)
            if wordless:
                return wordless
            told_titles(self.catalogue, model, row)
        sections = 0
        for evidence in model.evidence:
            try:
                sections += bool(self.connection.execute(bare(evidence.sql)).fetchall())
            except DuckError as error:
                return f"evidence {evidence.name}: {error}"
        return None if sections else "no evidence query returns a row"


def told_titles(catalogue: Catalogue, model: SupervisionModel, row: Mapping[str, Any]) -> dict[str, str]:
    """Both titles of a finding by language, as one reads them who knows no names: keys stand for them.

    Raises PlaceholderUnknown.
    """

    def told(language: str, column: str, form: str, value: Any) -> str | None:
        def words(code: str) -> str | None:
            found = catalogue.words(model, column, code)
            return getattr(found, language) if found else None

        if column in model.terms and isinstance(value, str):
            return in_words(value, words, language)
        known = catalogue.models if form == "model" else catalogue.contracts if form == "dataset" else {}
        return str(getattr(known[value].title, language)) if value in known else None

    def said(language: str, text: str) -> str:
        return render(text, row, lambda *one: told(language, *one), language=language)

    return {language: said(language, text) for language, text in model.text_title._asdict().items()}


def _wordless(catalogue: Catalogue, model: SupervisionModel, row: Mapping[str, Any]) -> str | None:
    """The first code of a title without words: one that a case showed and no look at the text could foresee."""
    for column in {column for text in model.text_title for column, _form in placeholders(text)} & set(model.terms):
        value = row.get(column)
        if not isinstance(value, str) or catalogue.words(model, column, value):
            continue
        strange = [code for code in items(value) if not catalogue.words(model, column, code)]
        if strange and not codes(_parsed(catalogue, model), column, catalogue).open:
            return f"the title says {column}, whose code {strange[0]} has no words in terms"
    return None


def _parsed(catalogue: Catalogue, model: SupervisionModel) -> Tree:
    schema = {name: catalogue.schema(name) for name in model.data if catalogue.knows(name)}
    return read(model.sql, {**schema, "run": RUN_SCHEMA, "param": model.param_schema})


def _with_area(model: SupervisionModel, row: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Every alert shows its area: ``area_code`` may be expected where the model routes by another column."""
    return {"area_code": row.get(model.area) or root, **row}


def _twice(model: SupervisionModel, found: Sequence[dict[str, Any]]) -> str | None:
    keys = [tuple(row.get(column) for column in model.key) for row in found]
    repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
    return f"more than one row for the key {repeated[0]}" if repeated else None

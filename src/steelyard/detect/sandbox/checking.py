"""What can be said of a draft without a row of data: what it reads, what the lint says, whether its cases hold."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import build_scope

from steelyard.catalogue import Catalogue, CatalogueBroken, SupervisionModel
from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.lint import casebook, texts
from steelyard.catalogue.lint.evaluation import Evaluator, privacy
from steelyard.catalogue.model import RUN_SCHEMA
from steelyard.catalogue.reader import read_model
from steelyard.catalogue.tree import RESERVED, Tree, origins, read, told_by
from steelyard.detect.cases import run_cases
from steelyard.detect.sandbox import letters, sampling, text
from steelyard.detect.sandbox.limits import DEEPEST, Limits
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.engines.duck import connect

Said = tuple[dict[str, Any], None]
_LONGEST_HEADING = 28


def look(errand: Mapping[str, Any], folder: Path, catalogue: Catalogue, limits: Limits) -> Said:
    """What a text reads and gives: ``tables`` (name to columns), ``outputs``, ``origins``, the letters it asks for,
    and of a draft what it says about itself.  Without ``model``, the text may read everything in the catalogue.
    ``reach``: whether it tells how rows lead to its units."""
    model = read_model(folder / errand["model"]) if errand.get("model") else None
    may_read = set(model.data) if model else {*catalogue.contracts, *catalogue.relations}
    text.admit(errand["sql"], {*may_read, "run", *(("param",) if model else ())})
    known = {name: catalogue.schema(name) for name in may_read if catalogue.knows(name)}
    tree = read(errand["sql"], {**known, "run": RUN_SCHEMA, **({"param": model.param_schema} if model else {})})
    outputs = list(tree.qualified.named_selects)
    return {
        "tables": {name: sorted(tree.columns.get(name, ())) for name in sorted(tree.tables - RESERVED)},
        "outputs": outputs,
        "headings": _headings(tree, outputs),
        "lead": _lead(tree),
        "origins": {name: sorted(origins(tree, name)) for name in outputs},
        "told_by": {name: sorted(told_by(tree, name)) for name in outputs},
        "looked_into": letters.looked_into(tree, catalogue),
        "privacy": privacy(model, tree, catalogue) if model else [],
        "model": _about(model) if model else None,
        "reach": sampling.told(model, catalogue) if model and errand.get("reach") else None,
    }, None


def _lead(tree: Tree) -> str:
    """The relation a text begins with: the first of its FROM, through its own named parts."""
    scope = build_scope(tree.qualified)
    for _ in range(DEEPEST):
        if scope is None:
            return ""
        query = scope.expression
        if scope.set_operation_scopes:
            scope = scope.set_operation_scopes[0]
            continue
        first = query.args.get("from_")
        source = scope.sources.get(first.this.alias_or_name) if first is not None else None
        if isinstance(source, exp.Table):
            return str(source.name)
        scope = source
    return ""


def _headings(tree: Tree, outputs: list[str]) -> dict[str, str]:
    """What to say over an output that its author gave no name: how its expression begins."""
    said = {}
    for name, one in zip(outputs, tree.written.selects, strict=False):
        if not one.alias_or_name:
            text = one.sql("duckdb")
            said[name] = text if len(text) <= _LONGEST_HEADING else f"{text[: _LONGEST_HEADING - 1].rstrip()}…"
    return said


def _about(model: SupervisionModel) -> dict[str, Any]:
    return {
        "id": model.id, "version": model.version, "title": model.title._asdict(), "key": list(model.key),
        "unit": list(model.unit), "area": model.area, "grade": model.grade_column, "subjects": dict(model.subjects),
        "text": model.text_title._asdict(), "clock": model.clock, "grades": list(model.grades),
    }  # fmt: skip


def check(errand: Mapping[str, Any], folder: Path, catalogue: Catalogue, limits: Limits) -> Said:
    """Every complaint of the lint on one draft: ``complaints`` with file, line, rule and message."""
    place = folder / errand["model"]
    found = [_told(one, folder) for one in _complaints(place, catalogue, limits)]
    return {"complaints": sorted(found, key=lambda one: (one["file"], one["line"]))}, None


def _complaints(place: Path, catalogue: Catalogue, limits: Limits) -> Iterator[Complaint]:
    try:
        model = read_model(place)
    except CatalogueBroken as error:
        yield _unreadable(str(error))
        return
    try:
        text.admit(model.sql, {*model.data, "run", "param"})
        for evidence in model.evidence:
            text.admit(evidence.sql, {*model.data, "run", "param", "hit"})
    except Refusal as refused:
        yield Complaint(str(place / "model.sql"), refused.line, refused.rule, refused.message)
        return
    yield from texts.complaints(model, catalogue)
    yield from casebook.complaints(model, catalogue)
    with connect(memory_mb=limits.memory_mb, threads=1) as duck:
        seen = Evaluator(_only(model, catalogue), duck).look(model)
    yield from seen.complaints


def _only(model: SupervisionModel, catalogue: Catalogue) -> Catalogue:
    """What the draft reads, and nothing else: to lay out every dataset takes longer than to look at one text."""
    named = {name for name in model.data if catalogue.knows(name)}
    contracts = {name: one for name, one in catalogue.contracts.items() if name in named}
    relations = {name: one for name, one in catalogue.relations.items() if name in named}
    return replace(catalogue, contracts=contracts, relations=relations, models={model.id: model})


def _unreadable(said: str) -> Complaint:
    file, _, rest = said.partition(":")
    line, _, message = rest.partition(":")
    return Complaint(file, int(line) if line.strip().isdigit() else 1, "file", message.strip() or said)


def _told(one: Complaint, folder: Path) -> dict[str, Any]:
    return {**asdict(one), "file": Path(one.file).name, "message": one.message.replace(f"{folder}/", "")}


def cases(errand: Mapping[str, Any], folder: Path, catalogue: Catalogue, limits: Limits) -> Said:
    """Run the cases of one draft: ``cases`` (how many) and ``failed`` with case, line and why."""
    model = read_model(folder / errand["model"])
    text.admit(model.sql, {*model.data, "run", "param"})
    for evidence in model.evidence:
        text.admit(evidence.sql, {*model.data, "run", "param", "hit"})
    report = run_cases(replace(catalogue, models={model.id: model}), [model.id])
    failed = [
        {"case": one.case, "line": int(one.where.rpartition(":")[2]), "why": one.why.replace(f"{folder}/", "")}
        for one in report.failed
    ]
    return {"cases": report.cases, "failed": failed}, None

"""Rules on cases.yaml: enough of both kinds, every grade, nothing unknown."""

from collections.abc import Iterator

from steelyard.catalogue.cases import KINDS, CasesBroken, read_cases
from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.lint.texts import keys_and_codes
from steelyard.catalogue.model import Catalogue, Relation, SupervisionModel
from steelyard.kit import yamlfile

LEAST = 3
"""Cases of each kind that a model needs."""


def complaints(subject: SupervisionModel | Relation, catalogue: Catalogue) -> Iterator[Complaint]:
    """All complaints on the cases of one model or relation."""
    path = subject.path / "cases.yaml"
    try:
        file = read_cases(path)
        document = yamlfile.load(path)
    except (CasesBroken, yamlfile.YamlError) as error:
        yield Complaint.at(path, 1, "cases", str(error))
        return
    for name, line, why in file.broken:
        yield Complaint.at(path, line, "cases", f"{name}: {why}")
    names = [case.name for case in file.cases]
    for case in file.cases:
        if names.count(case.name) > 1:
            yield Complaint.at(path, case.line, "cases", f"{case.name} stands twice")
        if case.kind not in KINDS:
            yield Complaint.at(path, case.line, "cases", f"{case.name}: kind must be positive or negative")
        elif (case.kind == "positive") != bool(case.expect):
            yield Complaint.at(path, case.line, "cases", f"{case.name}: a {case.kind} case expects otherwise")
        for dataset, rows in case.given.items():
            if not catalogue.knows(dataset):
                yield Complaint.at(path, case.line, "cases", f"{case.name}: there is no dataset {dataset}")
                continue
            unknown = {str(column) for row in rows for column in row} - set(catalogue.columns(dataset))
            if unknown:
                message = f"{case.name}: {dataset} has no column {', '.join(sorted(unknown))}"
                yield Complaint.at(path, case.line, "cases", message)
    yield from keys_and_codes(path, document.data, document.line_of)
    if isinstance(subject, SupervisionModel):
        kinds = [case.kind for case in file.cases]
        for kind in KINDS:
            if kinds.count(kind) < LEAST:
                yield Complaint.at(path, 1, "cases", f"needs {LEAST} {kind} cases, has {kinds.count(kind)}")
        expected = {str(row.get(subject.grade_column)) for case in file.cases for row in case.expect}
        for grade in subject.grades:
            if grade not in expected:
                yield Complaint.at(path, 1, "cases", f"no case expects {grade}")

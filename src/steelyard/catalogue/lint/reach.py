"""Rules on reach: every mention leads to the unit, or the model says how."""

from collections.abc import Iterator

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.model import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.reach import Reach, contradictions, derived_reach, evidence_reach, reach_of
from steelyard.catalogue.tree import SqlBroken


def complaints(subject: SupervisionModel | Relation, catalogue: Catalogue) -> Iterator[Complaint]:
    """All complaints on the reach of one model or relation whose SQL can be read."""
    sql = subject.path / ("model.sql" if isinstance(subject, SupervisionModel) else "relation.sql")
    try:
        reach = reach_of(subject, catalogue)
    except SqlBroken as error:
        yield Complaint.at(sql, error.line, "reach", str(error))
        return
    unit = subject.document.line_of("unit")
    for name in reach.loose:
        message = f"{name} comes from an outer join and may be null: it cannot be a unit"
        yield Complaint.at(subject.document.path, unit, "reach", message)
    for table, line in reach.silent:
        yield Complaint.at(sql, line, "reach", f"{table} is read, but nothing of the result rests on it")
    for line, message in _without_route(reach) if not reach.loose else ():
        yield Complaint.at(sql, line, "reach", message)
    if isinstance(subject, SupervisionModel):
        yield from _evidence(subject, catalogue)
        for dataset, message in contradictions(derived_reach(subject, catalogue), subject, catalogue):
            at = ("reach", dataset) if dataset else ("reach",)
            yield Complaint.at(subject.document.path, subject.document.line_of(*at), "reach", message)


def _evidence(model: SupervisionModel, catalogue: Catalogue) -> Iterator[Complaint]:
    """Texts of evidence that would need a derived relation whole, with the lines of all its rows."""
    for evidence in model.evidence:
        try:
            reach = evidence_reach(model, evidence, catalogue)
        except SqlBroken:
            continue  # the rules on evidence say what is wrong with it
        read = sorted({one.table for one in reach.occurrences if one.table in catalogue.relations})
        if reach.whole and read:
            message = (
                f"{evidence.name}: {', '.join(read)} must be joined by plain equal columns that lead to hit;"
                " write the ways of an IN as branches of a UNION ALL"
            )
            yield Complaint.at(model.document.path, model.document.line_of("evidence"), "reach", message)


def _without_route(reach: Reach) -> Iterator[tuple[int, str]]:
    if not reach.unit:
        return
    for table, line in sorted({(one.table, one.line) for one in reach.underivable}):
        message = (
            f"{table} has no way to {', '.join(reach.unit)} over equal columns:"
            " join it by plain columns, declare reach, or set unit: []"
        )
        yield line, message

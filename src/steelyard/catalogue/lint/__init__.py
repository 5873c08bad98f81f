"""`steelyard catalogue check`: every rule over every text."""

from dataclasses import dataclass, field
from pathlib import Path

from steelyard.catalogue import contract_lock, lock
from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.lint import casebook, contracts, likeness, reach, texts
from steelyard.catalogue.lint.evaluation import Evaluator, privacy
from steelyard.catalogue.model import Catalogue
from steelyard.catalogue.reader import read_catalogue
from steelyard.engines.duck import Duck, connect

__all__ = ["Complaint", "LintReport", "check"]


@dataclass
class LintReport:
    """What the lint says of a catalogue."""

    contracts: int = 0
    relations: int = 0
    models: int = 0
    complaints: list[Complaint] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    """Legal references that must not be printed to users: ``model: reference``."""
    privacy: dict[str, list[str]] = field(default_factory=dict)
    """Model to the L3 and L4 columns it reads."""


def check(root: Path) -> LintReport:
    """Read and lint everything below ``root``.

    Raises ContractBroken or VocabularyBroken where the ground under the models is missing.
    """
    catalogue, unreadable = read_catalogue(root)
    report = LintReport(len(catalogue.contracts), len(catalogue.relations), len(catalogue.models))
    for text in unreadable:
        file, _, rest = text.partition(":")
        line, _, message = rest.partition(":")
        number = int(line) if line.strip().isdigit() else 1
        report.complaints.append(Complaint(file, number, "file", message.strip() or text))
    with connect(memory_mb=512, threads=1) as connection:
        _look(catalogue, connection, report)
    report.complaints += likeness.complaints(list(catalogue.models.values()))
    report.complaints += lock.complaints(catalogue)
    report.complaints += contract_lock.complaints(catalogue)
    report.complaints.sort()
    return report


def _look(catalogue: Catalogue, connection: Duck, report: LintReport) -> None:
    for contract in catalogue.contracts.values():
        report.complaints += contracts.complaints(contract, catalogue.contracts, connection)
    evaluator = Evaluator(catalogue, connection)
    for relation in catalogue.relations.values():
        look_at = evaluator.look_at_relation(relation)
        report.complaints += look_at or list(reach.complaints(relation, catalogue))
        report.complaints += casebook.complaints(relation, catalogue)
    for model in catalogue.models.values():
        report.complaints += texts.complaints(model, catalogue)
        report.complaints += casebook.complaints(model, catalogue)
        look = evaluator.look(model)
        report.complaints += look.complaints
        if look.tree is not None:
            report.complaints += reach.complaints(model, catalogue)
            report.privacy[model.id] = privacy(model, look.tree, catalogue)
        report.unverified += [f"{model.id}: {one.ref}" for one in model.legal_basis if one.status == "unverified"]

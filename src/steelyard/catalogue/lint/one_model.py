"""The rules over one model that stands, or is to stand, beside a catalogue."""

from dataclasses import replace

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.lint import casebook, texts
from steelyard.catalogue.lint.evaluation import Evaluator, privacy
from steelyard.catalogue.lint.likeness import complaints as likenesses
from steelyard.catalogue.model import Catalogue, SupervisionModel
from steelyard.engines.duck import connect


def look_at(catalogue: Catalogue, model: SupervisionModel) -> tuple[list[Complaint], list[str]]:
    """(complaints, sensitive columns it reads) of one model, as `steelyard catalogue check` has them.

    What the lock says is left out: a model from elsewhere was never in it.
    """
    beside = replace(catalogue, models={**catalogue.models, model.id: model})
    with connect(memory_mb=512, threads=1) as connection:
        look = Evaluator(beside, connection).look(model)
    found = [*texts.complaints(model, beside), *casebook.complaints(model, beside), *look.complaints]
    found += [one for one in likenesses(list(beside.models.values())) if one.file.startswith(str(model.path))]
    return sorted(found), privacy(model, look.tree, beside) if look.tree is not None else []

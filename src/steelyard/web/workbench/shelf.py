"""The catalogue as the web half reads it: once a process, for a changed catalogue comes with a new start."""

from functools import cache
from pathlib import Path

from django.conf import settings

from steelyard.catalogue import Catalogue, SupervisionModel, read_catalogue
from steelyard.web.orgs.models import in_language


def catalogue() -> Catalogue:
    """Models, contracts and vocabularies of this installation."""
    return _read(Path(settings.STEELYARD_CATALOGUE))[0]


def complaints() -> list[str]:
    """Folders that could not be read: their models are missing from every page."""
    return _read(Path(settings.STEELYARD_CATALOGUE))[1]


@cache
def _read(root: Path) -> tuple[Catalogue, list[str]]:
    return read_catalogue(root)


def model_or_none(model_id: str) -> SupervisionModel | None:
    return catalogue().models.get(model_id)


def term(vocabulary: str, code: str) -> str:
    """The name of a code in the reader's language; the code itself where it has none."""
    known = catalogue().vocabulary.get(vocabulary)
    found = known.terms.get(code) if known else None
    return in_language(found.words.zh, found.words.en) if found else code


def dataset_title(dataset: str) -> str:
    """The name of a dataset or derived relation in the reader's language."""
    known = catalogue()
    found = known.contracts.get(dataset) or known.relations.get(dataset)
    return in_language(found.title.zh, found.title.en) if found else dataset


def column_title(dataset: str, column: str) -> str:
    """The name of a column in the reader's language; its code where the catalogue has none."""
    known = catalogue()
    found = known.columns(dataset).get(column) if known.knows(dataset) else None
    return in_language(found.title.zh, found.title.en) if found else column

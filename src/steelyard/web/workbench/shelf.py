"""The catalogue as the web half reads it: once a process, and again when a model of the deployment's own comes."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from steelyard.catalogue import Catalogue, SupervisionModel, placeholders, read_catalogue
from steelyard.web.orgs.models import in_language


def catalogue() -> Catalogue:
    """Models, contracts and vocabularies of this installation."""
    return _now()[0]


def complaints() -> list[str]:
    """Folders that could not be read: their models are missing from every page."""
    return _now()[1]


def _now() -> tuple[Catalogue, list[str]]:
    own: Path = settings.STEELYARD_HOME.models
    return _read(Path(settings.STEELYARD_CATALOGUE), own, _stamp(own))


def _stamp(own: Path) -> int:
    """Grows when a model is laid into the folder of own models, or changed there."""
    return max(
        (path.stat().st_mtime_ns for path in (own, *own.glob("*"), *own.glob("*/*")) if path.exists()), default=0
    )


@lru_cache(maxsize=2)
def _read(root: Path, own: Path, _stamp: int) -> tuple[Catalogue, list[str]]:
    return read_catalogue(root, own)


def model_or_none(model_id: str) -> SupervisionModel | None:
    return catalogue().models.get(model_id)


def term(vocabulary: str, code: str) -> str:
    """The name of a code in the reader's language; the code itself where it has none."""
    known = catalogue().vocabulary.get(vocabulary)
    found = known.terms.get(code) if known else None
    return in_language(found.words.zh, found.words.en) if found else code


def told(model_id: str, column: str, value: str) -> str | None:
    """A value of a model's column in the reader's language: its code, or each of a joined list; None where the model
    says nothing of the column.  A code the model does not know, of an older version of it, stays itself."""
    model = model_or_none(model_id)
    if model is None or column not in model.terms:
        return None

    def words(code: str) -> str | None:
        found = catalogue().words(model, column, code)
        return in_language(found.zh, found.en) if found else None

    return placeholders.in_words(value, words, in_language("zh", "en"))


def model_title(model_id: str) -> str:
    """The name of a model in the reader's language; its id where it is gone."""
    model = model_or_none(model_id)
    return in_language(model.title.zh, model.title.en) if model else model_id


def in_words(column: str, label: Mapping[str, str], code: str) -> str:
    """A code of a column in the reader's language, itself where it is none.

    The column's vocabulary is found by its title in the contracts, or by its name where it has no title.  Where
    several columns share it, their vocabularies must agree on the code.
    """
    by_title, by_name = _coded(Path(settings.STEELYARD_CATALOGUE))
    known = catalogue().vocabulary
    names = by_title.get((label.get("zh", ""), label.get("en", ""))) or by_name.get(column, set())
    found = {known[name].terms[code].words for name in names if code in known[name].terms}
    if len(found) != 1:
        return code
    words = found.pop()
    return in_language(words.zh, words.en)


@cache
def _coded(root: Path) -> tuple[dict[tuple[str, str], set[str]], dict[str, set[str]]]:
    """Vocabularies by the title and by the name of the columns that use them."""
    by_title: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_name: dict[str, set[str]] = defaultdict(set)
    for contract in catalogue().contracts.values():
        for column in contract.columns.values():
            if column.vocabulary:
                by_title[column.title.zh, column.title.en].add(column.vocabulary)
                by_name[column.name].add(column.vocabulary)
    return dict(by_title), dict(by_name)


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

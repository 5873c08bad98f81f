"""What the words of a search are looked for in."""

import unicodedata
from functools import lru_cache

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.web.workbench import shelf


def datasets_of(model: SupervisionModel) -> frozenset[str]:
    """What a model reads: datasets and derived relations it names, and the datasets behind those."""
    return frozenset(model.data) | shelf.catalogue().base_datasets(list(model.data))


def text_of(model: SupervisionModel) -> str:
    """What the search looks at, in both languages: id, title, purpose, matter, key, and the data it reads."""
    return _kept(model.id, model.sha256)


@lru_cache(maxsize=4096)
def _kept(model_id: str, _sha256: str) -> str:
    known = shelf.catalogue()
    model = known.models[model_id]
    parts = [model.id, *model.title, *model.purpose, *_term(known, "domain", model.domain), *model.key]
    for dataset in sorted(datasets_of(model)):
        found = known.contracts.get(dataset) or known.relations.get(dataset)
        parts += [dataset, *(found.title if found else ())]
    return plain(" ".join(parts))


def _term(known: Catalogue, vocabulary: str, code: str) -> tuple[str, ...]:
    listed = known.vocabulary.get(vocabulary)
    return (code, *listed.terms[code].words) if listed and code in listed.terms else (code,)


def plain(text: str) -> str:
    """Full-width letters and digits as narrow ones, capitals as small ones."""
    return unicodedata.normalize("NFKC", text).lower()

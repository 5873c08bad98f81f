"""How alike the SQL of two models is: copies that drift apart are found here."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlglot import tokenize

from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.model import SupervisionModel

TOO_ALIKE = 0.8
SPAN = 4
"""Words looked at together."""


def complaints(models: Sequence[SupervisionModel]) -> Iterator[Complaint]:
    """Pairs above 0.8 that do not share a pattern."""
    shapes = [(model, shape(model.sql)) for model in models if model.status != "withdrawn"]
    for number, (model, own) in enumerate(shapes):
        for other, theirs in shapes[number + 1 :]:
            if other.pattern != model.pattern and alike(own, theirs) > TOO_ALIKE:
                share = f"{alike(own, theirs):.2f}"
                message = f"the SQL is {share} alike to {other.id}: share a pattern or say it once in a relation"
                yield Complaint.at(model.path / "model.sql", 1, "likeness", message)


def shape(sql: str) -> Counter[tuple[str, ...]]:
    """Every run of four words of a text, without comments."""
    words = [token.text.lower() for token in tokenize(sql, read="duckdb")]
    return Counter(tuple(words[n : n + SPAN]) for n in range(max(len(words) - SPAN + 1, 0)))


def alike(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> float:
    """Share of runs two texts have in common, 0..1."""
    total = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / total if total else 0.0

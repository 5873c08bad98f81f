import hashlib

from steelyard.catalogue.model import Catalogue


def digest(catalogue: Catalogue) -> str:
    """SHA-256 over every model's id, version and text: books with the same one were printed from the same models."""
    lines = [f"{name} {model.version} {model.sha256}\n" for name, model in sorted(catalogue.models.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()

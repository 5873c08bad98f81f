"""Names under the viewer's rights: companies are public, persons are masked until opened for a purpose."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from steelyard.identity import names
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.masking import mask_name
from steelyard.web.orgs.models import Reveal, User


@dataclass(frozen=True)
class ShownName:
    """What a viewer may read of a subject."""

    key: str
    kind: str
    text: str
    masked: bool


def shown_names(viewer: User | None, keys: Iterable[str]) -> dict[str, ShownName]:
    """Names of subjects by key; a person's name is masked unless the viewer has opened it."""

    wanted = sorted({key for key in keys if key})
    if not wanted:
        return {}
    with reader() as connection:
        found = names(connection, wanted)
    opened = _opened(viewer, wanted)
    return {
        key: ShownName(
            key, named.kind, named.name if named.kind != "person" or key in opened else mask_name(named.name),
            named.kind == "person" and key not in opened,
        )
        for key, named in found.items()
    }  # fmt: skip


def _opened(viewer: User | None, keys: list[str]) -> set[str]:
    if viewer is None or viewer.pk is None:
        return set()
    now = models.Func(function="public.app_now", output_field=models.DateTimeField())
    rows = Reveal.objects.filter(user=viewer, subject_key__in=keys, until__gt=now)
    return set(rows.values_list("subject_key", flat=True))

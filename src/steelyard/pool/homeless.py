"""Rows of an interface with several datasets that none of them takes: they are not lost, they are quarantined."""

import json
from collections.abc import Sequence

from steelyard.engines.duck import Duck
from steelyard.engines.duck import rows as fetched
from steelyard.pool.conform import Flaw
from steelyard.pool.mapping import condition, parquet
from steelyard.sources import Interface, TextFile

RULE = "dataset"
_REASON = "the row belongs to none of the datasets of its interface"


def rows(duck: Duck, interface: Interface, texts: Sequence[Sequence[TextFile]]) -> list[Flaw]:
    """The rows whose column of kinds says none of the kinds that are fed."""
    if not all(feed.only_column for feed in interface.feeds) or not interface.feeds:
        return []
    parts = [str(part) for made in texts[0] for part in made.parts]
    present = {column for made in texts[0] for column in made.columns}
    if not parts or not all(feed.only_column in present for feed in interface.feeds):
        return []
    taken = " OR ".join(f"coalesce({condition(feed, present)}, false)" for feed in interface.feeds)
    found = fetched(duck, f"SELECT * EXCLUDE (file_row_number) FROM {parquet(parts)} WHERE NOT ({taken}) ORDER BY _row")
    first = interface.feeds[0].only_column or ""
    return [
        Flaw(row.pop("_file"), row.pop("_row"), RULE, first, row.get(first), _REASON,
             json.dumps(row, ensure_ascii=False))
        for row in found
    ]  # fmt: skip

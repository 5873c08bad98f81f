"""Of waiting rows the newest of each key, remembered from one moment to the next: most moments only add to the last."""

from collections.abc import Sequence

import pyarrow as pa

from steelyard.contracts import Contract

MOST_KEPT = 2
"""By dataset: the moment before and the newest."""


class NewestRows:
    """Remembers what it was asked.  Give the same tables again, as objects."""

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[tuple[pa.Table, ...], pa.Table]]] = {}

    def of(self, contract: Contract, waiting: Sequence[pa.Table]) -> pa.Table:
        """One row a key out of ``waiting``, of which there is at least one: that of the newest order, else of the
        latest push.  The same object where nothing was added."""
        listed = tuple(waiting)
        kept = self._kept.setdefault(contract.dataset, [])
        known = max((one for one in kept if _begins(listed, one[0])), key=lambda one: len(one[0]), default=None)
        if known and len(known[0]) == len(listed):
            return known[1]
        fresh = listed[len(known[0]) :] if known else listed
        made = _newest(contract, pa.concat_tables([*([known[1]] if known else []), *fresh]).combine_chunks())
        kept.append((listed, made))
        del kept[:-MOST_KEPT]
        return made


def _begins(listed: tuple[pa.Table, ...], known: tuple[pa.Table, ...]) -> bool:
    return len(known) <= len(listed) and all(one is other for one, other in zip(known, listed, strict=False))


def _newest(contract: Contract, rows: pa.Table) -> pa.Table:
    keys = zip(*(rows[column].to_pylist() for column in contract.key), strict=True)
    ages = zip(rows["_order"].to_pylist(), rows["_layer"].to_pylist(), strict=True)
    best: dict[tuple[object, ...], tuple[tuple[bool, int, int], int]] = {}
    for at, (key, (order, layer)) in enumerate(zip(keys, ages, strict=True)):
        # Whoever bears no order is older than all that do.
        age = (order is not None, order or 0, layer)
        if key not in best or age > best[key][0]:
            best[key] = (age, at)
    return rows if len(best) == len(rows) else rows.take(pa.array(sorted(at for _, at in best.values()), pa.int64()))

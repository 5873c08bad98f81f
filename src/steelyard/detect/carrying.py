"""After a micro-batch: models and relations that no push in it concerns hold for the newest push without a look.

So all models stand at the same push, and the next step compares two moments instead of as many as there are models.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

from steelyard.detect import cursors
from steelyard.detect.cursors import Cursor
from steelyard.detect.relation_store import RelationStore
from steelyard.detect.warm import Reads
from steelyard.pool import Moment

Connection = psycopg.Connection[Any]


def carry(
    connection: Connection, reads: Reads, seen: Moment, known: Mapping[str, Cursor], relations: RelationStore | None
) -> None:
    """Carry what was ``known`` before a look at ``seen``, in the transaction of its findings.

    Only what stands at the version of ``seen``: what else was pushed since shows only there.
    """
    arrived = _newest(seen)
    idle = [
        one for name, datasets in reads.models.items()
        if (one := known.get(name)) and one.pool_version == seen.version.number and one.inbox_seq < seen.seq
        and not any(arrived.get(dataset, 0) > one.inbox_seq for dataset in datasets)
    ]  # fmt: skip
    if not idle:
        return
    cursors.carry(connection, [one.model for one in idle], seen.seq)
    if relations is None:
        return
    for generation, seq in {(one.identity_generation, one.inbox_seq) for one in idle}:
        still = [
            name for name, datasets in reads.relations.items()
            if not any(arrived.get(dataset, 0) > seq for dataset in datasets)
        ]  # fmt: skip
        relations.carry(still, seen.version.number, seq, generation, seen.seq)


def _newest(seen: Moment) -> dict[str, int]:
    """By dataset the newest push of which rows wait."""
    found: dict[str, int] = {}
    for layer in seen.layers:
        found[layer.dataset] = max(found.get(layer.dataset, 0), layer.id[1])
    return found

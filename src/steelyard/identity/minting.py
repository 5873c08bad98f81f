"""Keys of clusters: that of a number, else one that was given before, else a new one."""

import uuid
from collections.abc import Collection
from typing import Any

import psycopg

from steelyard.identity import nodes
from steelyard.identity.components import STRENGTH, Cluster
from steelyard.identity.records import is_persons

Connection = psycopg.Connection[Any]


class Minting:
    """Gives each cluster its key, in such a way that a cluster split and joined again is the subject it was."""

    def __init__(self, connection: Connection, found: Collection[Cluster]) -> None:
        self._connection = connection
        self._tiers = self._known_tiers([one for cluster in found for one in cluster.subjects])
        self._founded = self._founders([one for cluster in found if not cluster.subjects and len(cluster.members) > 1
                                        for one in cluster.members])  # fmt: skip

    def key_of(self, cluster: Cluster) -> str | None:
        """The key of a cluster's subject; None for a record that stands alone."""
        if cluster.subjects:
            # A valid number is a stronger identifier than a publisher's own.
            return min((nodes.bare(one) for one in cluster.subjects), key=lambda key: (self._tiers[key] != "T1", key))
        if len(cluster.members) < 2:
            return None
        tier = max(cluster.tiers.values(), key=STRENGTH.__getitem__)
        given = sorted(self._founded[one] for one in cluster.members if one in self._founded)
        if given:
            key = given[0][1]
            self._connection.execute("UPDATE engine.subject SET tier = %s WHERE key = %s AND tier <> %s",
                                     [tier, key, tier])  # fmt: skip
            return key
        return self._minted(nodes.bare(cluster.anchor), tier)

    def _known_tiers(self, subjects: Collection[str]) -> dict[str, str]:
        keys = [nodes.bare(one) for one in subjects]
        rows = self._connection.execute("SELECT key, tier FROM engine.subject WHERE key = ANY(%s)", [keys])
        return dict.fromkeys(keys, "") | dict(rows.fetchall())

    def _founders(self, records: Collection[str]) -> dict[str, tuple[int, str]]:
        """By record the subject that was made from it first of all, and since when.

        When a subject splits its key stays with the record it was made from.
        """
        rows = self._connection.execute(
            "SELECT DISTINCT ON (r.key) r.record::text, r.since, r.key FROM engine.resolution r "
            "JOIN engine.subject s ON s.key = r.key AND s.tier = ANY(%s) "
            "WHERE r.key IN (SELECT key FROM engine.resolution WHERE record = ANY(%s::uuid[])) "
            "ORDER BY r.key, r.since, r.record",
            [list(nodes.UNNUMBERED), [nodes.bare(one) for one in records]],
        )
        found: dict[str, tuple[int, str]] = {}
        for record, since, key in rows:
            node = nodes.RECORD + record
            found[node] = min(found.get(node, (since, key)), (since, key))
        return found

    def _minted(self, record: str, tier: str) -> str:
        key = str(uuid.uuid4())
        kind, name = self._connection.execute(
            "SELECT kind, name FROM engine.source_record WHERE id::text = %s", [record]
        ).fetchone() or ("person", "")
        if kind == "party":
            kind = "person" if is_persons(name) else "company"
        self._connection.execute(
            "INSERT INTO engine.subject (key, kind, name, tier) VALUES (%s, %s, %s, %s)", [key, kind, name, tier]
        )
        return key

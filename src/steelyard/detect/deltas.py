"""What changed between two states of a dataset, as models read it: with who is who laid over both."""

from collections.abc import Collection, Mapping

from steelyard.detect.incremental import Delta, in_front
from steelyard.detect.past import NOW, Past
from steelyard.detect.views import columns, laid_over, plain
from steelyard.engines.duck import quoted, register_files
from steelyard.identity.overlay import ALIASES, LINKS
from steelyard.kit.sqltext import literal
from steelyard.pool import LINEAGE, above_of, beneath_of, laid, new_rows

LINEAGE_PLACE = "l.delivery = t._delivery AND l.file = t._file AND l.row = t._raw_row"


class Deltas:
    """Old and new images of changed rows, by dataset and form.  ``read``: columns that somebody reads, by dataset.

    A row that changed in no column anybody reads did not change.
    """

    def __init__(self, past: Past, read: Mapping[str, Collection[str]]) -> None:
        self.past = past
        self.duck = past.duck
        self.views = past.views
        self.read = read
        self.schema = f"delta{past.number}"
        self.duck.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(self.schema)}")
        if past.relinked:
            self._find_relinked()

    def of(self, dataset: str, form: str) -> Delta | None:
        """Rows of a dataset that differ; None where none does."""
        parts = self._parts(dataset)
        if parts is None:
            return None
        sides = {"old": (self.past.schemas[form], self.past.overlay), "new": (NOW[form], self.views.overlay)}
        named = {side: self.table(f"{form} {side} image {dataset}") for side in sides}
        chosen = ", ".join(quoted(name) for name in sorted(self.read[dataset])) or "1 AS nothing"
        for side, (schema, overlay) in sides.items():
            text = laid_over(overlay, self.views.catalogue, dataset, parts[side], sure=form == "sure")
            with in_front(self.duck, schema):
                self.duck.execute(f"CREATE OR REPLACE TABLE {named[side]} AS SELECT {chosen} FROM {text}")
        return self.differing(f"{form} {dataset}", named["old"], named["new"])

    def differing(self, name: str, old: str, new: str) -> Delta | None:
        """What two bags of rows do not share, kept as tables; None where they are equal."""
        made = Delta(self.table(f"old {name}"), self.table(f"new {name}"))
        rows = self._keep(made.old, f"FROM {old} EXCEPT ALL FROM {new}")
        rows += self._keep(made.new, f"FROM {new} EXCEPT ALL FROM {old}")
        return made if rows else None

    def _keep(self, table: str, sql: str) -> int:
        row = self.duck.execute(f"CREATE OR REPLACE TABLE {table} AS {sql}").fetchone()
        return int(row[0]) if row else 0

    def table(self, name: str) -> str:
        return f"{quoted(self.schema)}.{quoted(name)}"

    def _parts(self, dataset: str) -> dict[str, str] | None:
        """Rows that may differ, before and after, as they were delivered: all others are the same on both sides."""
        old, new = self.past.files(dataset), self.views.pool.files(dataset, self.past.now.version)
        gone, came = sorted({*old} - {*new}), sorted({*new} - {*old})
        moved = self._relinked(dataset)
        if self.past.moment.over(dataset) or self.past.now.over(dataset):
            return self._by_key(dataset, gone, came, moved)
        if not gone and not came and moved is None:
            return None
        schema = columns(self.views.catalogue, dataset)
        found = {}
        for side, files in (("old", gone), ("new", came)):
            name = f"{dataset} only {side} {self.past.number}"
            register_files(self.duck, name, files, schema)
            found[side] = f'"main".{quoted(name)}'
        if moved is None:
            return found
        common = f"{dataset} common {self.past.number}"
        register_files(self.duck, common, sorted({*old} & {*new}), schema)
        also = f'SELECT t.* FROM "main".{quoted(common)} AS t WHERE {moved}'
        return {side: f"(SELECT * FROM {part} UNION ALL {also})" for side, part in found.items()}

    def _by_key(self, dataset: str, gone: list[str], came: list[str], moved: str | None) -> dict[str, str] | None:
        """The same where pushed rows lie over the files: rows of every key that a file or a push tells of."""
        contract = self.views.catalogue.contracts[dataset]
        pushed = new_rows(self.past.moment, self.past.now, dataset)
        if not gone and not came and not pushed and moved is None:
            return None
        key = ", ".join(quoted(name) for name in contract.key)
        keys = self.table(f"keys of {dataset}")
        parts = []
        if gone or came:
            name = f"{dataset} moved {self.past.number}"
            register_files(self.duck, name, [*gone, *came], columns(self.views.catalogue, dataset))
            parts.append(f'SELECT {key} FROM "main".{quoted(name)}')
        for number, rows in enumerate(pushed):
            given = f"pushed {number} of {dataset}"
            self.duck.register(given, rows)
            parts.append(f"SELECT {key} FROM {quoted(given)}")
        found = {"old": self.past.plain(dataset), "new": plain(dataset)}
        if moved is not None:
            parts += [f'SELECT {key} FROM "main".{quoted(name)} AS t WHERE {moved}' for name in found.values()]
        self.duck.execute(f"CREATE OR REPLACE TABLE {keys} AS {' UNION '.join(parts)}")
        for number in range(len(pushed)):
            self.duck.unregister(f"pushed {number} of {dataset}")
        if not gone and not came and moved is None:
            return self._over_the_same(dataset, keys)
        return {side: self._of_keys(f'"main".{quoted(name)}', dataset, keys) for side, name in found.items()}

    def _of_keys(self, rows: str, dataset: str, keys: str) -> str:
        contract = self.views.catalogue.contracts[dataset]
        on = " AND ".join(f"t.{quoted(name)} = k.{quoted(name)}" for name in contract.key)
        return f"(SELECT t.* FROM {rows} AS t SEMI JOIN {keys} AS k ON {on})"

    def _over_the_same(self, dataset: str, keys: str) -> dict[str, str]:
        """Rows of some keys on both sides, where the files beneath are the same: these are looked into once."""
        contract = self.views.catalogue.contracts[dataset]
        sides = {"old": (self.past.plain(dataset), self.past.moment), "new": (plain(dataset), self.past.now)}
        waits = {side: bool(moment.over(dataset)) for side, (_, moment) in sides.items()}
        beneath = self.table(f"landed {dataset}")
        name = beneath_of(sides["new" if waits["new"] else "old"][0])
        rows = self._of_keys(f'"main".{quoted(name)}', dataset, keys)
        self.duck.execute(f"CREATE OR REPLACE TABLE {beneath} AS SELECT {self._needed(dataset)} FROM {rows}")
        found = {}
        for side, (over, _) in sides.items():
            # Whoever waits for another key than these is no matter here.
            above = self._of_keys(f'"main".{quoted(above_of(over))}', dataset, keys)
            found[side] = f"({laid(contract, beneath, above)})" if waits[side] else beneath
        return found

    def _needed(self, dataset: str) -> str:
        """Every column of a dataset, those without values that nobody reads: a file is decoded column by column."""
        read = {*self.read[dataset], *self.views.catalogue.contracts[dataset].key, *LINEAGE}
        listed = columns(self.views.catalogue, dataset).items()
        return ", ".join(
            quoted(name) if name in read else f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in listed
        )

    # -- who is who ------------------------------------------------------------------------

    def _find_relinked(self) -> None:
        """Places that name somebody else than before, and subjects that became another, or no longer are."""
        was, now = quoted(self.past.schemas["all"]), '"main"'
        place = "dataset, column_name, delivery, file, row, key, sure"
        for name, table, chosen in (("place", LINKS, place), ("alias", ALIASES, "old, key")):
            either = [
                f"(SELECT {chosen} FROM {one}.{table} EXCEPT SELECT {chosen} FROM {other}.{table})"
                for one, other in ((was, now), (now, was))
            ]
            self.duck.execute(f"CREATE OR REPLACE TABLE {self.table(name)} AS {' UNION '.join(either)}")

    def _relinked(self, dataset: str) -> str | None:
        """A condition on rows ``t`` of a dataset that may name somebody else than before; None where none does."""
        if not self.past.relinked:
            return None
        parts = []
        place = f"SELECT 1 FROM {self.table('place')} AS l WHERE l.dataset = {literal(dataset)}"
        if self.duck.execute(f"{place} LIMIT 1").fetchall():
            parts.append(f"EXISTS ({place} AND {LINEAGE_PLACE})")
        if self.duck.execute(f"SELECT 1 FROM {self.table('alias')} LIMIT 1").fetchall():
            subjects = [name for name, one in self.views.catalogue.columns(dataset).items() if one.subject]
            parts += [f"t.{quoted(name)} IN (SELECT old FROM {self.table('alias')})" for name in subjects]
        return f"({' OR '.join(parts)})" if parts else None

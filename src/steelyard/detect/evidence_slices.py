"""What evidence is read from where few units are looked at: the rows that lead to the findings, and no others."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from steelyard.catalogue import Catalogue, Evidence, Relation, SupervisionModel
from steelyard.catalogue.reach import Reach, evidence_reach, reach_of
from steelyard.detect.incremental import Affected, Beneath, UnitSet, within
from steelyard.detect.past import NOW
from steelyard.detect.stage import bare
from steelyard.detect.trace import TRACED, traced
from steelyard.engines.duck import Duck, NotThere, quoted

SCHEMA = "shown"
FEW_JOINED = 2
"""A text that joins no more tables than these to the findings is left as it is."""


class EvidenceSlices:
    """Slices with every column, lineage among them, of the newest state of one engine."""

    def __init__(
        self,
        duck: Duck,
        catalogue: Catalogue,
        beneath: Mapping[str, Sequence[Beneath]] | None = None,
        *,
        only_wide: bool = False,
        columns: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """``beneath``: by table the rows that a model's findings were computed from, cut by its units.

        ``only_wide``: only what reads derived relations or joins many tables is cut.  A whole relation with the lines
        of its rows does not fit on a disk where every company has some, and a long join of whole tables is now and
        then begun at its wide end; one table that stands anyway is read as quickly uncut.
        ``columns``: by table those that are cut; all where a table is not named.
        """
        self.duck, self.catalogue, self.beneath = duck, catalogue, beneath or {}
        self.only_wide = only_wide
        self.affected = Affected(duck, _now, _now, {}, name="shown walk", columns=columns)
        self.units: dict[tuple[str, tuple[str, ...]], UnitSet] = {}
        """Units that lead on, by the table they were taken from and their names."""

    @contextmanager
    def of(self, model: SupervisionModel, evidence: Evidence) -> Iterator[bool]:
        """For as long as this lasts, names of tables mean the rows that lead to those in ``hit``.

        Gives False where these cannot be told: names mean what they meant.
        """
        reach = evidence_reach(model, evidence, self.catalogue)
        with self._standing(reach, '"main".hit') as stands:
            yield stands

    @contextmanager
    def of_model(self, model: SupervisionModel) -> Iterator[bool]:
        """The same for the rows the findings in ``found`` were computed from."""
        with self._standing(reach_of(model, self.catalogue), '"main".found') as stands:
            yield stands

    @contextmanager
    def _standing(self, reach: Reach, rows: str) -> Iterator[bool]:
        if reach.whole or (self.only_wide and not self._wide(reach)):
            yield False
            return
        made = self._units(reach, rows)
        if not self._trace_relations(reach, made):
            yield False
            return
        with self.affected.sliced(reach, made, SCHEMA):
            yield True

    def _wide(self, reach: Reach) -> bool:
        joined = reach.occurrences
        return len(joined) > FEW_JOINED or any(one.table in self.catalogue.relations for one in joined)

    def _units(self, reach: Reach, rows: str) -> UnitSet:
        """The units that lead on from the rows of a table, which are the same as long as this object lives."""
        at = (rows, reach.unit)
        if at not in self.units:
            made = self.units[at] = self.affected.unit_set(reach.unit, [f"FROM {rows}"])
            for table, listed in self.beneath.items():
                self.affected.slices.beneath[table, made.made] = list(listed)
        return self.units[at]

    def _trace_relations(self, reach: Reach, units: UnitSet) -> bool:
        """Let the relations of a reach stand with their lines, for the units that lead on.  False: it cannot be."""
        slices = self.affected.slices.of(reach, units)
        for name in (one for one in slices if one in self.catalogue.relations):
            relation = self.catalogue.relations[name]
            own = reach_of(relation, self.catalogue)
            if own.whole:
                return False
            listed = ", ".join(quoted(column) for column in own.unit)
            led = self.affected.unit_set(own.unit, [f"SELECT DISTINCT {listed} FROM {slices[name]}"])
            if not led.count and self._empty(relation):
                continue
            if not self._trace_relations(own, led):
                return False
            self._put(relation, own, led)
        return True

    def _empty(self, relation: Relation) -> bool:
        """Let a relation that stood with its lines before stand without rows.  False: it never did."""
        try:
            self.duck.execute(f"DELETE FROM {_standing_of(relation)}")
        except NotThere:  # nothing else: a look whose time is up fails here too, and must
            return False
        return True

    def _put(self, relation: Relation, reach: Reach, units: UnitSet) -> None:
        made = traced(bare(relation.sql), self.catalogue)
        with self.affected.sliced(reach, units, SCHEMA):
            self.duck.execute(f"CREATE OR REPLACE TABLE {_standing_of(relation)} AS {within(made.sql, units)}")


def _standing_of(relation: Relation) -> str:
    return f'"main".{quoted(TRACED + relation.id)}'


def _now(table: str) -> str:
    return f"{quoted(NOW['all'])}.{quoted(table)}"

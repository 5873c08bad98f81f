"""The state of the data that models have looked at, beside the newest: both under the same names, in schemas."""

from collections.abc import Collection, Mapping
from pathlib import Path

from steelyard import identity
from steelyard.detect.incremental import in_front
from steelyard.detect.views import Views, laid_over, plain
from steelyard.engines.duck import quoted
from steelyard.identity.overlay import ALIASES, LINKS
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Moment, PoolVersion

FORMS = ("all", "sure")
"""With every link of who is who, and with those alone that are no guess."""
NOW: Mapping[str, str] = {"all": "main", "sure": "sure"}
"""The schema in which each form of the newest state stands."""


class PastUnreadable(SteelyardError):
    """The files that models have looked at are gone; everything is looked at anew."""


class Past:
    """An earlier moment under an earlier state of who is who."""

    def __init__(
        self, views: Views, moment: Moment, overlay: identity.Overlay, now: Moment, number: int = 0
    ) -> None:  # fmt: skip
        self.views = views
        self.duck = views.duck
        self.catalogue = views.catalogue
        self.moment = moment
        self.now = now
        self.overlay = overlay
        self.number = number
        self.schemas = {"all": f"was{number}", "sure": f"was{number}_sure"}
        self.relinked = overlay.generation != views.overlay.generation
        self._files: dict[str, list[str]] = {}

    def register(self, datasets: Collection[str]) -> None:
        """Make datasets readable as they were.  Raises PastUnreadable."""
        for schema in (*self.schemas.values(), NOW["sure"]):
            self.duck.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        if self.relinked:
            self._put_overlay()
        for dataset in sorted(datasets):
            self._register(dataset)
            for form, schema in self.schemas.items():
                self._show(schema, self.overlay, dataset, self.plain(dataset), sure=form == "sure")
            self._show(NOW["sure"], self.views.overlay, dataset, plain(dataset), sure=True)

    def plain(self, dataset: str) -> str:
        """The name of a dataset's rows as they were delivered then."""
        return f"{dataset} as of {self.number}"

    def files(self, dataset: str) -> list[str]:
        """Its files then."""
        if dataset not in self._files:
            self._files[dataset] = files_at(self.views, dataset, self.moment.version)
        return self._files[dataset]

    def _register(self, dataset: str) -> None:
        before, name = self.files(dataset), self.plain(dataset)
        waited, wait = self.moment.over(dataset), self.now.over(dataset)
        if not waited and not wait and before == self.views.pool.files(dataset, self.now.version):
            self.views.stood.texts.pop(name, None)
            self.views.let(quoted(name), f"SELECT * FROM {quoted(plain(dataset))}")
            return
        self.views.stood.texts.pop(quoted(name), None)
        self.views.stack(name, dataset, before, waited)

    def _put_overlay(self) -> None:
        with in_front(self.duck, self.schemas["all"]):
            self.overlay.put(self.duck)
        for table in (LINKS, ALIASES):
            # A view of a schema finds what stands in its own schema first.
            at = f"{quoted(self.schemas['sure'])}.{quoted(table)}"
            self.duck.execute(
                f"CREATE OR REPLACE VIEW {at} AS SELECT * FROM {quoted(self.schemas['all'])}.{quoted(table)}"
            )

    def _show(self, schema: str, overlay: identity.Overlay, dataset: str, source: str, *, sure: bool) -> None:
        text = laid_over(overlay, self.catalogue, dataset, f'"main".{quoted(source)}', sure=sure)
        name, rows = f"{quoted(schema)}.{quoted(dataset)}", f"SELECT * FROM {text}"
        if not self.views.stands(name, rows):
            with in_front(self.duck, schema):
                self.views.let(name, rows)


def files_at(views: Views, dataset: str, version: PoolVersion) -> list[str]:
    """Files of a dataset at an earlier version.  Raises PastUnreadable."""
    files = views.pool.files(dataset, version)
    if any(not Path(file).exists() for file in files):
        raise PastUnreadable(f"{dataset} cannot be read as of pool version {version.number}")
    return list(files)

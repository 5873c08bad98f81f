"""Where an installation keeps its state."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folder below which all state of one installation lies (``STEELYARD_HOME``)."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """``STEELYARD_HOME``, else ``var`` in the current folder, also where it is left empty."""
        return cls(Path(os.environ.get("STEELYARD_HOME") or "var").resolve())

    @property
    def postgres(self) -> Path:
        """Data of the embedded database server."""
        return self.root / "postgres"

    @property
    def pool(self) -> Path:
        """Delta tables, one folder a dataset."""
        return self.root / "pool"

    @property
    def relations(self) -> Path:
        """Derived relations kept between runs, one folder a relation."""
        return self.root / "relations"

    @property
    def raw(self) -> Path:
        """Deliveries as they came, one folder each."""
        return self.root / "raw"

    @property
    def inbox(self) -> Path:
        """Where departments drop their files, one folder a department."""
        return self.root / "inbox"

    @property
    def held(self) -> Path:
        """Findings that wait for a person before they are sent."""
        return self.root / "held"

    @property
    def fetching(self) -> Path:
        """Where a run's files lie between fetching and landing."""
        return self.root / "fetching"

    @property
    def media(self) -> Path:
        """Cleaned uploads."""
        return self.root / "media"

    @property
    def models(self) -> Path:
        """Supervision models of this installation's own, laid beside the catalogue's: ``<field>/<model>``."""
        return self.root / "models"

    @property
    def scores(self) -> Path:
        """What was found of the wrongs of made-up worlds, one file a measurement."""
        return self.root / "scores"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        """Keys, readable by the owner alone."""
        return self.root / "secrets"

    def make(self) -> "Home":
        """Create the folders; secrets, and what the pool knows of people, are closed to others."""
        for folder in (self.root, self.pool, self.relations, self.raw, self.inbox, self.media, self.models, self.logs,
                       self.secrets):  # fmt: skip
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.pool, self.relations, self.raw, self.models, self.secrets):
            folder.chmod(0o700)
        return self

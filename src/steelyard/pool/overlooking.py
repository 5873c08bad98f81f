"""What the pool knows of the areas it covers: measured after landing, kept day by day."""

import datetime as dt
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import psycopg

from steelyard.contracts import Contract
from steelyard.pool import measuring, regions
from steelyard.pool.regions import RegionCoverage
from steelyard.pool.versions import PoolVersion


class _Pool(Protocol):
    contracts: Mapping[str, Contract]

    def _connection(self) -> AbstractContextManager["psycopg.Connection[Any]"]: ...

    def current(self) -> PoolVersion: ...

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]: ...

    def areas(self) -> dict[str, str]: ...


class Overlooking:
    """The part of the pool that says where data is, and where none is."""

    def take_coverage(self: _Pool, day: dt.date, needed: Mapping[str, Collection[str]] | None = None) -> list[str]:
        """Measure by area every dataset that changed, as of ``day``; returns the names of those measured.

        ``needed``: columns by dataset whose completeness counts, beside the required ones.
        """
        now = self.current()
        with self._connection() as connection:
            return measuring.take(
                connection, self.contracts, now, lambda name: self.files(name, now), day, needed or {}
            )  # fmt: skip

    def areas(self: _Pool) -> dict[str, str]:
        """Level of every area that the region table lists, by its code."""
        return regions.areas(self.files("region")) if "region" in self.contracts else {}

    def region_coverage(
        self: _Pool, dataset: str, region: str = "", day: dt.date | None = None, areas: Mapping[str, str] | None = None
    ) -> RegionCoverage | None:
        """How much of a region a dataset covers, as measured until ``day`` (default: now); None: never measured."""
        known = self.areas() if areas is None else areas
        with self._connection() as connection:
            return regions.read(connection, self.contracts[dataset], known, region, day)

    def county_coverage(self: _Pool) -> dict[tuple[str, str], RegionCoverage]:
        """The newest coverage of every measured dataset, by dataset and county code."""
        known = self.areas()
        with self._connection() as connection:
            return regions.by_county(connection, list(self.contracts.values()), known)

    def coverage_history(self: _Pool, dataset: str, region: str = "") -> list[RegionCoverage]:
        """The same for every day on which it changed, oldest first."""
        known = self.areas()
        with self._connection() as connection:
            listed = regions.days(connection, dataset, region)
            found = [regions.read(connection, self.contracts[dataset], known, region, day) for day in listed]
        return [one for one in found if one is not None]

    def forget_coverage(self: _Pool, region: str) -> int:
        """Forget every measure of a region, history and all: for data that had to be erased there."""
        with self._connection() as connection:
            return regions.forget(connection, region)

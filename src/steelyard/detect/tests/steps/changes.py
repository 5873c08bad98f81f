"""Random changes, biased so that joins meet, dates stand round the thresholds and something is found."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from steelyard.catalogue.cases import Case
from steelyard.detect.tests.steps.material import Material, Row, merged

MOST_ROWS = 80
Tables = dict[str, list[Row]]


class Changes:
    """A world of rows that starts as one positive case and changes step by step."""

    def __init__(self, material: Material, case: Case, chance: random.Random) -> None:
        self.material = material
        self.case = case
        self.chance = chance
        self.days = 0
        """How far the day has moved on since the day of the case."""
        self.names = material.tables(case)
        self.tables: Tables = {}
        self._begin()
        self._kinds: list[tuple[Callable[[], bool], int]] = [
            (self._update, 35),
            (self._insert, 15),
            (self._delete, 10),
            (self._backdate, 10),
            (self._relink, 15),
            (self._again, 15),
        ]

    def step(self, *, empty: bool) -> Tables:
        """Change something; returns the tables as they are now, those that did not change being the same objects.

        ``empty``: nothing was found before; then the world is likely to begin anew.
        """
        if empty and self.chance.random() < 0.8:
            self._begin()
        for _ in range(self.chance.choice([1, 1, 1, 2, 3])):
            kinds, weights = zip(*self._kinds, strict=True)
            for _ in range(20):
                if self.chance.choices(kinds, weights)[0]():
                    break
        return dict(self.tables)

    def _begin(self) -> None:
        """The case, the same about others, and the same about partly others."""
        self.tables = {name: [] for name in self.names}
        if self.chance.random() < 0.5:
            self._tell(self.case, apart=False)
        self._tell(self.case, apart=True)
        self._lay({name: [dict(row) for row in rows] for name, rows in self.case.given.items()})

    def _tell(self, case: Case, *, apart: bool) -> None:
        self._lay(self.material.instance(case, self.chance, apart=apart))

    def _lay(self, rows: Tables) -> None:
        for name, more in rows.items():
            if name in self.tables and more:
                moved = [{column: _moved(value, self.days) for column, value in row.items()} for row in more]
                whole = merged(self.tables[name], moved, self.material.key(name))
                self.tables[name] = whole[-MOST_ROWS:]

    def _again(self) -> bool:
        """A whole case, about others or partly others."""
        pool = self.material.cases if self.chance.random() < 0.4 else [self.case]
        self._tell(self.chance.choice(pool), apart=self.chance.random() < 0.5)
        return True

    def _insert(self) -> bool:
        name = self._table()
        if name is None:
            return False
        row = dict(self.chance.choice(self.tables[name]))
        for column in self._columns(name, row, 3):
            row[column] = self._value(name, column, row.get(column))
        for column in self.material.key(name):
            if self.chance.random() < 0.6:
                row[column] = self._fresh(name, column, row.get(column))
        self.tables[name] = merged(self.tables[name], [row], self.material.key(name))
        return True

    def _update(self) -> bool:
        name = self._table()
        if name is None:
            return False
        at = self.chance.randrange(len(self.tables[name]))
        row = dict(self.tables[name][at])
        for column in self._columns(name, row, self.chance.choice([1, 1, 2])):
            if column not in self.material.key(name):
                row[column] = self._value(name, column, row.get(column))
        return self._replace(name, at, row)

    def _delete(self) -> bool:
        name = self._table()
        if name is None:
            return False
        at = self.chance.randrange(len(self.tables[name]))
        self.tables[name] = [row for number, row in enumerate(self.tables[name]) if number != at]
        return True

    def _backdate(self) -> bool:
        """A row as if it had happened earlier, or a little later."""
        name = self._table()
        if name is None:
            return False
        at = self.chance.randrange(len(self.tables[name]))
        row, days = dict(self.tables[name][at]), self.chance.choice([-1, -1, 1, -2, -30, -31, -90, -365, -400, 30])
        for column, value in list(row.items()):
            if column in self.material.catalogue.columns(name):
                row[column] = _moved(value, days)
        return self._replace(name, at, row)

    def _relink(self) -> bool:
        """A row of somebody else."""
        name = self._table()
        if name is None:
            return False
        at = self.chance.randrange(len(self.tables[name]))
        row = dict(self.tables[name][at])
        links = [one for one in self.material.needs[name] if self.material.names_somebody(name, one)]
        if not links:
            return False
        column = self.chance.choice(sorted(links))
        row[column] = self._value(name, column, row.get(column))
        return self._replace(name, at, row)

    def _replace(self, name: str, at: int, row: Row) -> bool:
        if row == self.tables[name][at]:
            return False
        others = [one for number, one in enumerate(self.tables[name]) if number != at]
        self.tables[name] = merged(others, [row], self.material.key(name))
        return True

    def _table(self) -> str | None:
        filled = [name for name in self.names if self.tables[name]]
        return self.chance.choice(filled) if filled else None

    def _columns(self, name: str, row: Row, most: int) -> list[str]:
        read = sorted(self.material.needs[name] & set(self.material.catalogue.columns(name)))
        return self.chance.sample(read, min(most, len(read)))

    def _value(self, dataset: str, name: str, now: Any) -> Any:
        column = self.material.column(dataset, name)
        if not column.required and self.chance.random() < 0.08:
            return None
        if column.type == "boolean":
            return not now
        if isinstance(now, int | float) and not isinstance(now, bool) and self.chance.random() < 0.5:
            return self.chance.choice([now + 1, now - 1, round(now * 1.1, 2), round(now * 0.9, 2), now])
        if column.type in ("date", "datetime") and now is not None and self.chance.random() < 0.5:
            return _moved(now, self.chance.choice([-1, 1, -7, 30, -365]))
        known = self.material.values.get(self.material.domain(dataset, name), [])
        if not known:
            return now
        value = self.chance.choice(known)
        named = isinstance(value, str) and value.strip() and self.material.names_somebody(dataset, name)
        return f"{value}.2" if named and self.chance.random() < 0.3 else value

    def _fresh(self, dataset: str, name: str, now: Any) -> Any:
        """A value of a key: another row, not the same one again."""
        if isinstance(now, str) and self.material.names_somebody(dataset, name) and self.chance.random() < 0.5:
            return f"{now[:12]}.{self.chance.randrange(9)}"
        return self._value(dataset, name, now)


def _moved(value: Any, days: int) -> Any:
    """A date or moment some days on; anything else as it is."""
    if not days or value is None:
        return value
    if isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return value
        moved = moment + dt.timedelta(days=days)
        return moved.date().isoformat() if len(value.strip()) == 10 else moved.isoformat(" ")
    return value + dt.timedelta(days=days) if isinstance(value, dt.date) else value

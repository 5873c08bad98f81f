"""Rows that name somebody without a number of his: left out, mistyped, or another's; and who was meant.

What they do goes on top of a finished sheet, in rows on which nothing planted rests.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.delivery.dirt import Dirt, spoiled_number
from steelyard.synth.delivery.sheet import Sheet
from steelyard.synth.wording import FEMALE_SIGNS

TOLD_BY_VILLAGE = ("compensation", "dividend_payment")
"""Datasets whose village is that of the person; read by no model."""
QUOTAS = {
    "twin, mistyped": 6, "namesake in the village, mistyped": 8, "namesake in the village, left out": 4,
    "mistyped": 30, "left out": 10, "stranger of the same name": 5,
}  # fmt: skip
"""So many rows of each case, in each of those datasets."""
TIERS = {
    "twin, mistyped": "T2", "namesake in the village, mistyped": "T2", "mistyped": "T2", "left out": "T4",
    "company's number left out": "T2", "company's number left out, a clerk's telephone": "T4",
    "former name": "T1x", "number of another": "T1x", "the father's number": "T1x",
}  # fmt: skip
"""The surest tier that a row of a case may come to; those of other cases come to none."""
NAMELESS_DOWNLOADS, CLERKS_PHONES = 20, 6
FORMER_NAMES, NUMBERS_OF_OTHERS, FATHERS_NUMBERS = 4, 3, 5
WELL_KNOWN = 4
"""A handler with so many rows is known under his own name, whatever a single row says."""


class Mentions:
    """Plants mentions sheet after sheet; ``told``: dataset, column, file, line, case, tier and who was meant."""

    def __init__(self, county: County) -> None:
        self.told: list[dict[str, Any]] = []
        self._county = county
        self._people = county.people

    def plant(self, sheet: Sheet, contract: Contract, file: str, dirt: Dirt) -> Sheet:
        """The sheet with what was planted in it; most sheets stay as they are."""
        spoiled = {entry["line"] for entry in (*dirt.quarantined, *dirt.superseded) if entry["file"] == file}
        desk = _Desk(
            sheet, contract, file, spoiled, self._county.chance(f"mentions {contract.dataset} {file}"), self.told
        )
        if contract.dataset in TOLD_BY_VILLAGE:
            self._villagers(desk)
        elif contract.dataset == "doc_download":
            self._firms(desk)
        elif contract.dataset == "rent_receipt":
            self._handlers(desk)
        elif contract.dataset == "bid_team":
            self._fathers(desk, dirt)
        else:
            return sheet
        return desk.sheet()

    def _villagers(self, desk: "_Desk") -> None:
        numbers, names = desk.subject("person_id")
        left = dict(QUOTAS)
        for place in desk.shuffled():
            index = self._index[numbers[place]]
            case = next((case for case, count in left.items() if count and self._fits(case, index)), None)
            if case is None:
                continue
            left[case] -= 1
            meant: tuple[str, str] | None = (numbers[place], names[place])
            if case.endswith("left out"):
                numbers[place] = ""
            elif case == "stranger of the same name":
                numbers[place], meant = self._strangers_number(index, desk.chance), None
            else:
                numbers[place] = spoiled_number(numbers[place])
            desk.tell("person_id", place, case, meant)

    def _fits(self, case: str, index: int) -> bool:
        births = [self._people.born[one] for one in self._namesakes[self._home(index)]]
        if case.startswith("twin"):
            return index in self._people.twins and len(births) == 1
        if case.startswith("namesake"):
            return len(set(births)) > 1 and len(set(births)) == len(births)
        return len(births) == 1

    def _strangers_number(self, index: int, chance: Chance) -> str:
        """An invalid number with the birthday of nobody of that name; of one who is registered elsewhere."""
        number = self._people.who(index).number
        born = self._people.born[index].astype("datetime64[D]").item() - dt.timedelta(days=chance.number(400, 3_000))
        return spoiled_number(f"{number[:6]}{born:%Y%m%d}{number[14:]}")

    def _firms(self, desk: "_Desk") -> None:
        """Who fetched tender documents left name and telephone; some gave the telephone of a clerk."""
        firms = {firm.name: firm.number for firm in self._county.firms.firms}
        numbers, names = desk.subject("company_id")
        phones, sections = desk.column("phone"), desk.column("section_id")
        shared = {wrong["key"].get("section_id") for wrong in self._county.truth.wrongs}
        cases = ["company's number left out"] * NAMELESS_DOWNLOADS
        cases += ["company's number left out, a clerk's telephone"] * CLERKS_PHONES
        for place in desk.free():
            if not numbers[place]:
                desk.tell("company_id", place, cases[0], (firms[names[place]], names[place]))
        for place in desk.shuffled():
            if cases and numbers[place] and sections[place] not in shared:
                case = cases.pop(0)
                numbers[place] = ""
                if case.endswith("telephone"):
                    phones[place] = f"151{desk.chance.number(10_000_000, 99_999_999)}"
                desk.tell("company_id", place, case, (firms[names[place]], names[place]))

    def _handlers(self, desk: "_Desk") -> None:
        """Who booked a receipt is named as he was called before, or with the number of a colleague."""
        numbers, names = desk.subject("handler_id")
        rows = Counter(numbers)
        at = {numbers[place]: place for place in desk.shuffled() if numbers[place] in self._index}
        known = [number for number in at if rows[number] >= WELL_KNOWN]
        for number in known[:FORMER_NAMES]:
            name = names[at[number]]
            given = desk.chance.some([sign for sign in FEMALE_SIGNS if sign not in name], 2)
            names[at[number]] = name[0] + "".join(given)
            desk.tell("handler_id", at[number], "former name", (number, name))
        for number in known[FORMER_NAMES : FORMER_NAMES + NUMBERS_OF_OTHERS]:
            other = next(one for one in reversed(known) if names[at[one]] != names[at[number]])
            numbers[at[number]] = other
            desk.tell("handler_id", at[number], "number of another", (number, names[at[number]]))

    def _fathers(self, desk: "_Desk", dirt: Dirt) -> None:
        """The son stands in a bid with the family's telephone and, by mistake, the father's number: held back."""
        families = [pair for pair in self._people.one_phone() if all(self._people.alive[list(pair)])]
        sources = desk.shuffled()
        for father, son in desk.chance.some(families, FATHERS_NUMBERS):
            place = desk.copy(next(sources))
            numbers, names = desk.subject("person_id")
            meant = self._people.who(son)
            numbers[place], names[place] = self._people.who(father).number, meant.name
            desk.column("phone")[place] = f"13{father + 100_000_000}"
            dirt.quarantined.append(desk.place(place) | {"column": "person_id", "rule": "name-conflict"})
            desk.tell("person_id", place, "the father's number", (meant.number, meant.name))
            dirt.rows += 1

    def _home(self, index: int) -> tuple[int, str]:
        return int(self._people.village[index]), self._people.who(index).name

    @cached_property
    def _index(self) -> dict[str, int]:
        return {number.decode(): index for index, number in enumerate(self._people.number.tolist())}

    @cached_property
    def _namesakes(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for index, home in enumerate(zip(self._people.village.tolist(), self._people.name.to_pylist(), strict=True)):
            found[home].append(index)
        return found


class _Desk:
    """A sheet while a clerk is at it: cells that may be changed, and the rows no other mistake was made in."""

    def __init__(
        self, sheet: Sheet, contract: Contract, file: str, spoiled: set[int], chance: Chance, told: list[dict[str, Any]]
    ) -> None:
        self.chance = chance
        self._shape, self._contract, self._file, self._spoiled, self._told = sheet.shape, contract, file, spoiled, told
        self._headers = {field.source: field.header for field in sheet.shape.fields}
        self._untouched = sheet
        self._cells: dict[str, list[str]] = {}
        self._count = len(sheet)

    def subject(self, column: str) -> tuple[list[str], list[str]]:
        """Numbers and names of a subject column; empty cells are empty texts."""
        number, name = self._contract.columns[column].raw
        return self.column(number), self.column(name)

    def column(self, source: str) -> list[str]:
        """The cells of a raw column; what is changed in the list is changed in the sheet."""
        header = self._headers[source]
        if header not in self._cells:
            cells = [cell or "" for cell in self._untouched.columns[header].to_pylist()]
            self._cells[header] = cells
        return self._cells[header]

    def free(self) -> list[int]:
        """Places of the rows in which no other mistake was made."""
        return [place for place in range(len(self._untouched)) if self._line(place) not in self._spoiled]

    def shuffled(self) -> Iterator[int]:
        """The same places in the order of draws."""
        free = self.free()
        return (free[at] for at in self.chance.order(len(free)).tolist())

    def copy(self, place: int) -> int:
        """Another row like that one, at the end; its place."""
        for source in self._headers:
            cells = self.column(source)
            cells.append(cells[place])
        self._count += 1
        return self._count - 1

    def tell(self, column: str, place: int, case: str, meant: Sequence[str] | None) -> None:
        """Note whom the row means: number and name, None where no register knows him."""
        subject = {"number": meant[0], "name": meant[1]} if meant else None
        told = {"dataset": self._contract.dataset, "column": column, "file": self._file, "line": self._line(place)}
        self._told.append(told | {"case": case, "tier": TIERS.get(case), "subject": subject})

    def place(self, place: int) -> dict[str, Any]:
        """Where a row stands, as the truth tells it."""
        return {
            "interface": self._shape.interface.id, "dataset": self._contract.dataset, "file": self._file,
            "line": self._line(place),
        }  # fmt: skip

    def sheet(self) -> Sheet:
        """The sheet as it is now."""
        changed = {
            header: pa.array([cell or None for cell in cells], pa.string()) for header, cells in self._cells.items()
        }
        return Sheet(self._shape, {**self._untouched.columns, **changed})

    def _line(self, place: int) -> int:
        return place + self._shape.first_row

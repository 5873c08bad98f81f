"""Addresses down to the village by the register of divisions, the remainder in its parts."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from steelyard.kit.hanzi import simplified

_BLANKS = re.compile(r"[\s,，、;；]+")
_SHORT = re.compile("(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市)$")
_VILLAGE = re.compile("(?:村民委员会|村委会|居民委员会|居委会)$")
_TOWN = re.compile("(?:街道办事处|街道|人民政府)$")
_REST = re.compile(
    r"(?P<group>[^路街巷弄道]*?(?:组|队|小组|自然村))?(?P<road>[^0-9]*?(?:路|街|大道|巷|弄|胡同))?"
    r"(?P<number>[0-9一-十百甲乙附之\-]+号(?!楼))?(?P<building>[0-9A-Z一-十]+(?:幢|栋|号楼|座))?"
    r"(?P<unit>[0-9一-十]+单元)?(?P<room>[0-9A-Z\-]+室?)?(?P<more>.*)"
)
SHORTEST = 2
"""Names of fewer characters are not looked for."""


@dataclass(frozen=True)
class Region:
    """A row of the register: code, name, code of what it lies in (empty for a province), level 1 (province) to 5."""

    code: str
    name: str
    parent: str
    level: int


@dataclass(frozen=True)
class Address:
    """An address, parsed."""

    code: str | None
    """The smallest division found."""
    level: int
    """1 province, 2 city, 3 county, 4 town, 5 village; 0 where nothing was found."""
    rest: str
    """What follows the last division."""
    parts: dict[str, str] = field(default_factory=dict)
    """group, road, number, building, unit, room and more, where written."""

    @property
    def form(self) -> str:
        """For comparison: code and remainder."""
        return f"{self.code or ''}|{self.rest}"


def plain(address: str) -> str:
    """One width, simplified characters, no blanks or commas."""
    return _BLANKS.sub("", simplified(unicodedata.normalize("NFKC", address))).upper()


class Gazetteer:
    """The register of divisions, made ready for reading addresses; divisions may be left out, never out of order."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._regions = {region.code: region for region in regions}
        self._below: dict[tuple[str, str], str | None] = {}
        self._longest = SHORTEST
        for region in self._regions.values():
            for name in _ways(region):
                self._longest = max(self._longest, len(name))
                for above in self._above(region):
                    key = (above, name)
                    # A name that two divisions share below here says nothing.
                    self._below[key] = region.code if self._below.get(key, region.code) == region.code else None
        self._known: dict[str, Address] = {}

    def parse(self, address: str) -> Address:
        """The address; each distinct text is parsed once."""
        found = self._known.get(address)
        if found is None:
            found = self._known[address] = self._parse(plain(address))
        return found

    def _parse(self, text: str) -> Address:
        at = ""
        while (step := self._step(at, text)) is not None:
            at, size = step
            text = text[size:]
        written = _REST.fullmatch(text)
        parts = {name: part for name, part in written.groupdict().items() if part} if written else {}
        return Address(at or None, self._regions[at].level if at else 0, text, parts)

    def _step(self, at: str, text: str) -> tuple[str, int] | None:
        for size in range(min(self._longest, len(text)), SHORTEST - 1, -1):
            found = self._below.get((at, text[:size]))
            if found:
                return found, size
        return None

    def _above(self, region: Region) -> list[str]:
        """Codes of everything a division lies in, and the empty one; a ring in the register ends the walk."""
        codes, at = [""], region.parent
        while at in self._regions and at not in codes:
            codes.append(at)
            at = self._regions[at].parent
        return codes


def _ways(region: Region) -> set[str]:
    """The ways in which a division is written: 青溪村村民委员会, 青溪村, 青溪村委会."""
    name = plain(region.name)
    ways = {name}
    if region.level <= 2:
        ways.add(_SHORT.sub("", name))
    if region.level == 4:
        ways |= {_TOWN.sub("", name), f"{_TOWN.sub('', name)}街道"} if "街道" in name else set()
    if region.level == 5:
        bare = _VILLAGE.sub("", name)
        village = bare if bare.endswith(("村", "社区")) else f"{bare}村" if "村" in name else bare
        ways |= {village, f"{village}村民委员会", f"{village}居委会", f"{village}委会", f"{village}民委员会"}
    return {way for way in ways if len(way) >= SHORTEST}

"""The made-up county, its towns and villages, and the bodies of all five levels."""

from dataclasses import dataclass
from functools import cached_property

from steelyard.kit.identifiers import CREDIT_ALPHABET, make_credit_code
from steelyard.synth.chance import Chance
from steelyard.synth.wording import TOWNS, VILLAGE_HEADS, VILLAGE_TAILS

PROVINCE, CITY, COUNTY = "330000000000", "339900000000", "339921000000"
PROVINCE_NAME, CITY_NAME, COUNTY_NAME = "示例省", "衡州市", "清源县"
VILLAGES_IN_A_TOWN = 15

DEPARTMENTS = {
    "discipline": "纪委监委",
    "petitions": "信访局",
    "agriculture": "农业农村局",
    "construction": "住房和城乡建设局",
    "transport": "交通运输局",
    "water": "水利局",
    "finance": "财政局",
    "development_reform": "发展和改革局",
    "public_trading": "公共资源交易中心",
    "state_assets": "国有资产监督管理委员会",
    "market_supervision": "市场监督管理局",
    "civil_affairs": "民政局",
    "human_resources": "人力资源和社会保障局",
    "public_security": "公安局",
    "court": "人民法院",
    "tax": "税务局",
}
TOWN_BODIES = {
    "town_government": "人民政府",
    "discipline": "纪律检查委员会",
    "agriculture": "农村三资管理服务中心",
    "petitions": "信访办公室",
}
OWNERS = (
    "城市建设投资中心",
    "教育基建管理中心",
    "交通工程建设中心",
    "水利建设管理中心",
    "卫生项目管理中心",
    "园林管理中心",
)


@dataclass(frozen=True)
class Body:
    """An organisation: its credit code is its number in every delivered file."""

    number: str
    name: str
    org_type: str
    level: str
    area: str
    parent: "Body | None" = None


@dataclass(frozen=True)
class Village:
    """One village: its place among the villages, its code, name and town."""

    index: int
    code: str
    name: str
    town: str


@dataclass(frozen=True)
class Places:
    """Regions and bodies; ``body(type, area)`` finds one."""

    towns: dict[str, str]
    villages: tuple[Village, ...]
    bodies: tuple[Body, ...]

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], Body]:
        found: dict[tuple[str, str], Body] = {}
        for body in self.bodies:
            found.setdefault((body.org_type, body.area), body)
        return found

    def body(self, org_type: str, area: str) -> Body:
        """The first body of that type in that very area."""
        return self._by_place[org_type, area]

    def owners(self) -> list[Body]:
        """The county's owners of public works."""
        return [body for body in self.bodies if body.org_type == "project_owner"]

    def regions(self) -> list[tuple[str, str, str, str | None]]:
        """Code, name, level and parent code of every region."""
        rows: list[tuple[str, str, str, str | None]] = [
            (PROVINCE, PROVINCE_NAME, "province", None),
            (CITY, CITY_NAME, "city", PROVINCE),
            (COUNTY, COUNTY_NAME, "county", CITY),
        ]
        rows += [(code, name, "town", COUNTY) for code, name in self.towns.items()]
        rows += [(village.code, village.name, "village", village.town) for village in self.villages]
        return rows


def body_number(kind: str, serial: int) -> str:
    """A valid credit code whose nine characters of body are the serial."""
    return make_credit_code(kind, "339921", _in_alphabet(serial))


def _in_alphabet(serial: int) -> str:
    text = ""
    for _ in range(9):
        text = CREDIT_ALPHABET[serial % 31] + text
        serial //= 31
    return text


def lay_out(seed: int) -> Places:
    """The county of a seed: names of villages differ by seed, codes and bodies do not."""
    towns = {f"3399211{number:02d}000": name for number, name in enumerate(TOWNS, start=1)}
    names = _village_names(Chance(seed, "village names"), len(towns) * VILLAGES_IN_A_TOWN)
    villages: list[Village] = []
    for town in towns:
        for number in range(1, VILLAGES_IN_A_TOWN + 1):
            index = len(villages)
            villages.append(Village(index, f"{town[:9]}2{number:02d}", names[index], town))
    return Places(towns, tuple(villages), tuple(_bodies(towns, villages)))


def _village_names(chance: Chance, count: int) -> list[str]:
    made = [head + tail + "村" for head in VILLAGE_HEADS for tail in VILLAGE_TAILS]
    told = ["五龙村", "后岭村"]
    drawn = [name for name in chance.some(made, count + 2) if name not in told]
    return told + drawn[: count - len(told)]


def _bodies(towns: dict[str, str], villages: list[Village]) -> list[Body]:
    bodies: list[Body] = []

    def found(org_type: str, name: str, level: str, area: str, parent: Body | None, kind: str = "11") -> Body:
        body = Body(body_number(kind, 1000 + len(bodies)), name, org_type, level, area, parent)
        bodies.append(body)
        return body

    above: dict[str, Body] = {}
    levels = (
        ("province", PROVINCE, PROVINCE_NAME),
        ("city", CITY, CITY_NAME),
        ("county", COUNTY, COUNTY_NAME),
    )
    for level, area, place in levels:
        for org_type, title in DEPARTMENTS.items():
            above[org_type] = found(org_type, place + title, level, area, above.get(org_type))
    for title in OWNERS:
        found("project_owner", COUNTY_NAME + title, "county", COUNTY, above["construction"])
    halls: dict[str, Body] = {}
    for area, name in towns.items():
        for org_type, title in TOWN_BODIES.items():
            body = found(org_type, f"{COUNTY_NAME}{name}{title}", "town", area, above.get(org_type))
            if org_type == "town_government":
                halls[area] = body
    for village in villages:
        for org_type, title in (
            ("village_committee", "村民委员会"),
            ("village_supervision", "村务监督委员会"),
        ):
            stem = towns[village.town] + village.name[:-1]
            found(org_type, stem + title, "village", village.code, halls[village.town], "N2")
    return bodies

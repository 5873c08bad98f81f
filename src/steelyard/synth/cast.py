"""The cast of the tests as people of the county: who they are is the same for every seed, their numbers are not."""

from dataclasses import dataclass
from typing import Any

from steelyard.synth.kin import Kin
from steelyard.synth.offices import Offices, Term
from steelyard.synth.people import CHILD, HEAD, SECOND, SPOUSE, People, Person
from steelyard.synth.places import CITY, COUNTY, PROVINCE, Places

WULONG, HOULING = "339921101201", "339921101202"
SHIQIAO, YUNLING = "339921101000", "339921102000"


@dataclass(frozen=True)
class Part:
    """A member of the cast: name, whether a man, his village, and the body and post in which he serves."""

    login: str
    name: str
    male: bool
    village: str
    body: tuple[str, str] | None = None
    post: str | None = None


PARTS = (
    Part("li", "李国富", True, WULONG, ("village_committee", WULONG), "party_secretary"),
    Part("lu", "卢建平", True, WULONG),
    Part("shen", "沈秀兰", False, WULONG, ("village_committee", WULONG), "accountant"),
    Part("wang", "王德明", True, WULONG, ("village_supervision", WULONG), "supervision_head"),
    Part("xu", "徐桂香", False, HOULING),
    Part("zhou", "周志远", True, SHIQIAO, ("discipline", SHIQIAO), "staff"),
    Part("jin", "金莉", False, SHIQIAO, ("petitions", SHIQIAO), "staff"),
    Part("chen", "陈立新", True, COUNTY, ("discipline", COUNTY), "division_head"),
    Part("gu", "顾海峰", True, COUNTY, ("discipline", COUNTY), "staff"),
    Part("ma", "马骏", True, COUNTY, ("discipline", COUNTY), "staff"),
    Part("sun", "孙明华", True, COUNTY, ("discipline", COUNTY), "staff"),
    Part("he", "何青松", True, COUNTY, ("agriculture", COUNTY), "division_head"),
    Part("du", "杜文博", True, CITY, ("discipline", CITY), "division_head"),
    Part("hong", "洪涛", True, CITY, ("state_assets", CITY), "division_head"),
    Part("tan", "谭静", False, PROVINCE, ("discipline", PROVINCE), "staff"),
    Part("fang", "方慧敏", False, PROVINCE, ("discipline", PROVINCE), "staff"),
    Part("qian", "钱伟", True, YUNLING, ("discipline", YUNLING), "staff"),
    Part("ye", "叶晓东", True, CITY, None),
)
SINCE_2013 = ("li", "shen", "wang")


def find_cast(people: People, places: Places) -> dict[str, Person]:
    """Give each part to a person of the right sex; Li has a wife, and she has the name of her brother Lu."""
    codes = {village.code: village.index for village in places.villages}
    cast: dict[str, Person] = {}
    for place, part in enumerate(PARTS):
        village = codes.get(part.village, 20 + place)
        # Lu founded his firm in 2009, and those of the village held office in 2013.
        ages = (48, 56) if part.login in (*SINCE_2013, "lu") else (34, 48)
        for index in people.of_village(village, *ages):
            fits = bool(people.male[index]) == part.male
            if part.login == "li":
                fits = fits and people.seat(index, HEAD) == index and people.seat(index, SPOUSE) is not None
            if fits:
                people.renamed[index] = part.name
                cast[part.login] = people.take(index)
                if part.login == "li":
                    _rename_household(people, index)
                break
    return cast


def _rename_household(people: People, li: int) -> None:
    wife = people.seat(li, SPOUSE)
    assert wife is not None
    people.renamed[wife] = "卢" + people.who(wife).name[1:]
    people.take(wife)
    for slot in (CHILD, SECOND):
        child = people.seat(li, slot)
        if child is not None:
            people.renamed[child] = "李" + people.who(child).name[1:]
            people.take(child)


def seats_of_cast(cast: dict[str, Person]) -> dict[tuple[str, str], Person]:
    """The village posts that members of the cast hold in every term."""
    return {
        (part.body[1], part.post): cast[part.login]
        for part in PARTS
        if part.body and part.post and part.login in SINCE_2013
    }


def appoint_cast(cast: dict[str, Person], places: Places, offices: Offices) -> None:
    """Enter the posts of the staff in the register of officials."""
    for part in PARTS:
        if part.login in SINCE_2013 or part.body is None or part.post is None:
            continue
        body = places.body(*part.body)
        category = "township" if body.level == "town" else "government"
        since = offices.terms[0].since.replace(year=2019)
        offices.terms.append(
            Term(cast[part.login], body, None, part.post, category, since, since.replace(year=2029), "科级")
        )


def tie_cast(cast: dict[str, Person], people: People, kin: Kin) -> None:
    """Lu is the brother of Li's wife."""
    li, lu = cast["li"], cast["lu"]
    wife = people.seat(li.index, SPOUSE)
    assert wife is not None
    kin.open_household(lu.index)
    kin.tie(people.who(wife), lu, "sibling", "sibling", 1, source="declaration")
    kin.tie(li, lu, "spouse_sibling", "sibling_spouse", 2, source="declaration")


def told_cast(
    cast: dict[str, Person], places: Places, matters: dict[str, Any], ye_body: dict[str, str]
) -> dict[str, Any]:
    """The document of ``cast.json``: people by login, the bodies they serve in, and the matters of the stories."""
    told: dict[str, Any] = {}
    for part in PARTS:
        person = cast[part.login]
        entry: dict[str, Any] = {
            "id_number": person.number,
            "name": person.name,
            "area_code": part.village,
            "post": part.post,
        }
        if part.body:
            body = places.body(*part.body)
            entry["body"] = {
                "code": body.number,
                "name": body.name,
                "org_type": body.org_type,
                "level": body.level,
                "area_code": body.area,
            }
        elif part.login == "ye":
            entry["body"] = ye_body
        told[part.login] = entry
    bodies = [
        {
            "code": body.number,
            "name": body.name,
            "org_type": body.org_type,
            "level": body.level,
            "area_code": body.area,
            "parent": body.parent.number if body.parent else None,
        }
        for body in places.bodies
    ]
    return {"people": told, "bodies": bodies, "stories": matters}

"""What is compared of a person and of a company."""

from steelyard.identity.company_columns import part_sql
from steelyard.identity.linkage import blocking
from steelyard.identity.linkage.blueprint import Blueprint, Comparison, level, missing, near, otherwise, same
from steelyard.identity.name_columns import pinyin_sql

_AREA = "nullif(area_code, '')"
_BIRTH = "substr(replace(CAST(birth_date AS VARCHAR), '-', ''), 1, 8)"
_FORM = "coalesce(nullif(name_form, ''), nullif(name, ''))"
_SURNAME = f"coalesce(nullif(surname, ''), substr({_FORM}, 1, 1))"
CLAN_SHARE = 3
"""A village is a clan village for a surname that every third of its people bears."""

# Edit distances count bytes in one engine and characters in the other; they are kept to digits and Latin letters.
_SHARED = (
    "length(given_l) = 2 AND length(given_r) = 2 AND (substr(given_l, 1, 1) = substr(given_r, 1, 1) "
    "OR substr(given_l, 2, 1) = substr(given_r, 2, 1))"
)
_TURNED = (
    "(length(given_l) = 2 AND length(given_r) = 2 AND substr(given_l, 1, 1) = substr(given_r, 2, 1) "
    "AND substr(given_l, 2, 1) = substr(given_r, 1, 1))"
)
_SHORTENED = (
    "(length(given_l) <> length(given_r) "
    "AND (given_l LIKE '%' || given_r || '%' OR given_r LIKE '%' || given_l || '%'))"
)
_NAME = Comparison(
    "name",
    (
        missing("name_form"),
        same("same form", "name_form", term="name_form"),
        # Homophones are how a name heard is written down; the pinyin stands for comparison only.
        same("same sound", "pinyin", term="pinyin"),
        level("almost the same sound", "length(pinyin_l) >= 6 AND levenshtein(pinyin_l, pinyin_r) <= 1"),
        level("characters exchanged or left out", f"surname_l = surname_r AND ({_TURNED} OR {_SHORTENED})"),
        level("one character of the given name differing", f"surname_l = surname_r AND {_SHARED}"),
        same("same given name", "given"),
        otherwise(),
    ),
    {"same form": ("name_form",), "same sound": ("pinyin",)},
)
_BIRTH_DATE = Comparison(
    "birth",
    (
        missing("birth"),
        same("same", "birth"),
        near("one digit differing", "birth", 1),
        level(
            "day and month exchanged",
            "substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND substr(birth_l, 5, 2) = substr(birth_r, 7, 2) "
            "AND substr(birth_l, 7, 2) = substr(birth_r, 5, 2)",
        ),
        same("same year", "birth_year"),
        otherwise(),
    ),
    {"same": ("birth",)},
)
_PLACE = Comparison(
    # One comparison for village and address: an address repeats its village, and must not be counted twice.
    "place",
    (
        missing("village"),
        same("same address", "village", "address"),
        level("same village, no address", "village_l = village_r AND (address_l IS NULL OR address_r IS NULL)"),
        same("same village", "village"),
        level("same town", "substr(village_l, 1, 9) = substr(village_r, 1, 9)"),
        otherwise(),
    ),
    {"same address": ("village", "address")},
)
_PHONE = Comparison(
    "phone",
    (missing("phone"), same("same", "phone", term="phone"), near("one digit differing", "phone", 1), otherwise()),
    {"same": ("phone",)},
)
_SEX = Comparison("sex", (missing("sex"), same("same", "sex"), otherwise()))
_CLAN = Comparison(
    # Names of one village are no independent draws: this takes back what the surname was counted too high.
    "clan",
    (
        missing("village", "surname"),
        level("same village, surname of a clan", "village_l = village_r AND surname_l = surname_r AND clan_r = 1"),
        level("same village and surname", "village_l = village_r AND surname_l = surname_r"),
        otherwise(),
    ),
)
_GIVEN = ("name", "name_form", "pinyin", "surname", "birth_date", "sex", "area_code", "phone", "address", "id_no")

PERSON = Blueprint(
    kind="person",
    given=_GIVEN,
    columns={
        "name_form": _FORM,
        "pinyin": "nullif(pinyin, '')",
        "surname": _SURNAME,
        "given": f"nullif(substr({_FORM}, length({_SURNAME}) + 1), '')",
        "birth": _BIRTH,
        "birth_year": f"substr({_BIRTH}, 1, 4)",
        "sex": "nullif(sex, '')",
        "village": f"substr({_AREA}, 1, 12)",
        "phone": "nullif(phone, '')",
        "address": "nullif(address, '')",
    },
    comparisons=(_NAME, _BIRTH_DATE, _SEX, _PLACE, _PHONE, _CLAN),
    blocking=blocking.PERSON,
    training=(blocking.on("birth", "village"), blocking.on("name_form", "sex")),
    certain=(
        blocking.on("name_form", "birth"),
        blocking.on("name_form", "phone"),
        blocking.on("pinyin", "birth", "village"),
    ),
    certain_recall=0.8,
    cautions={
        # Twins: born on one day in one village, and called by one character in common.
        "siblings": "gamma_name = {name:one character of the given name differing} AND gamma_birth = {birth:same} "
        "AND gamma_place >= {place:same village} AND gamma_phone < {phone:same}",
    },
    derived={"pinyin": pinyin_sql(_FORM)},
)

_BRAND = Comparison(
    "brand",
    (
        missing("brand"),
        same("same name", "name_form", term="name_form"),
        same("same brand", "brand", term="brand"),
        level(
            "one brand within the other",
            "length(brand_l) > 1 AND length(brand_r) > 1 "
            "AND (brand_l LIKE '%' || brand_r || '%' OR brand_r LIKE '%' || brand_l || '%')",
        ),
        otherwise(),
    ),
    {"same name": ("name_form",), "same brand": ("brand",)},
)
_EQUAL_OR_NOT = {
    name: Comparison(name, (missing(name), same("same", name, term=name), otherwise()), {"same": (name,)})
    for name in ("region", "legal_form", "representative", "address")
}

COMPANY = Blueprint(
    kind="company",
    given=("name", "name_form", "brand", "region", "legal_form", "address", "phone", "representative", "area_code",
           "id_no"),
    columns={
        "name_form": _FORM,
        "brand": f"coalesce(nullif(brand, ''), {_FORM})",
        "region": "nullif(region, '')",
        "legal_form": "nullif(legal_form, '')",
        "representative": "nullif(representative, '')",
        "phone": "nullif(phone, '')",
        "address": "nullif(address, '')",
    },
    comparisons=(_BRAND, *_EQUAL_OR_NOT.values(), _PHONE),
    blocking=blocking.COMPANY,
    training=(blocking.on("name_form"), blocking.on("representative", "address"), blocking.on("brand", "region")),
    certain=(blocking.on("name_form", "representative"), blocking.on("name_form", "phone")),
    certain_recall=0.7,
    derived={"brand": part_sql("brand", "name"), "region": part_sql("region", "name"),
             "legal_form": part_sql("form", "name")},
)  # fmt: skip

BLUEPRINTS = {"person": PERSON, "company": COMPANY}

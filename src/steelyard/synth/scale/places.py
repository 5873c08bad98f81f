"""Areas and bodies."""

from steelyard.synth.scale import bodies, schemes
from steelyard.synth.scale.market import tenders
from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import Made, villages
from steelyard.synth.scale.words import PROVINCE

ORGS = 40
"""Bodies of a county that build and buy."""
_PROVINCE_CODE = PROVINCE.ljust(12, "0")


def tables(size: Size) -> list[Made]:
    return [_region(), _org(size)]


def _region() -> Made:
    within = villages()
    return Made(
        "region", 1.1,
        f"""SELECT '{_PROVINCE_CODE}' AS area_code, '演示省' AS name, 'province' AS level, NULL AS parent_code
        WHERE {{first}} = 0
        UNION ALL SELECT DISTINCT city_code(county_of(v)), place_name(11 + county_of(v) // 9) || '市', 'city',
            '{_PROVINCE_CODE}' FROM {within} WHERE first_of(county_of(v)) = v AND county_of(v) % 9 = 0
        UNION ALL SELECT county_code(county_of(v)), place_name(40 + county_of(v)) || '县', 'county',
            city_code(county_of(v)) FROM {within} WHERE first_of(county_of(v)) = v
        UNION ALL SELECT town_code(v), place_name(150 + v // 19) || '镇', 'town', county_code(county_of(v))
            FROM {within} WHERE (v - first_of(county_of(v))) % 19 = 0
        UNION ALL SELECT village_code(v), place_name(v) || '村', 'village', town_code(v) FROM {within}""",
    )  # fmt: skip


def _org(size: Size) -> Made:
    return Made(
        "org", 1.7,
        f"""SELECT org_key(county_of(v) * 64 + n) AS org_id, '第' || n || '建设管理中心' AS name,
            'project_owner' AS org_type, 'county' AS level, county_code(county_of(v)) AS area_code,
            NULL AS parent_org_id
        FROM {villages()}, range({ORGS}) AS o(n) WHERE first_of(county_of(v)) = v
        UNION ALL SELECT org_key(500000 + v), place_name(v) || '村民委员会', 'village_committee', 'village',
            village_code(v), NULL FROM {villages()}
        UNION ALL SELECT owner_org_id, '开发管理中心' || t0, 'project_owner', 'county', area_code, NULL
        FROM {tenders(size)} WHERE kind IN ({schemes.CLOSED_LIST}, {schemes.FRAMEWORK}) AND step = 0
        UNION ALL {bodies.orgs(size)}""",
    )  # fmt: skip

"""Those of the made-up people and firms whom findings name, as identity knows subjects: key, name, number.

Everybody else stays a key without an entry: sixty million persons and eight million companies would fill a register
that alerts never ask.  A finding that does name one of them is held at yellow, because nobody confirmed who that is.
"""

from collections.abc import Iterator

from steelyard.engines.duck import Duck
from steelyard.engines.postgres import Database, Role
from steelyard.identity import numbers
from steelyard.kit.identifiers import make_credit_code
from steelyard.synth.scale import schemes
from steelyard.synth.scale.market import CLOSED_CIRCLE, bids, tenders
from steelyard.synth.scale.nouns import NOUNS
from steelyard.synth.scale.people import FIRST_OFFICIAL, FIRST_RELATIVE, FORMER, OFFICIALS, RELATIVES
from steelyard.synth.scale.places import ORGS
from steelyard.synth.scale.size import COMPANIES, FIRMS, PERSONS, SHADOWS, TENDERS, Size
from steelyard.synth.scale.table import villages
from steelyard.synth.scale.villages import ASSETS, EXPIRED, LARGE, RELATIVE, SMALL
from steelyard.synth.scale.words import PROVINCE

MARKET = FIRMS + SHADOWS + 4
"""Companies of a village that bid, call for bids, vouch or buy; those after them have other trades."""
CHUNK = 20_000
_TENANTS = ", ".join(f"({1800 + n})" for n in (EXPIRED, LARGE, RELATIVE, SMALL, EXPIRED + ASSETS))
"""Those who lease what the wrongs are about, now and before."""

Entry = tuple[str, str, str, str, str]
"""Key, kind, name, kind of number (empty for none), number."""


def fill(database: Database, duck: Duck, size: Size) -> int:
    """Enter the subjects and their numbers in place of what was there.  Returns how many there are."""
    with database.connect(Role.WORKER) as connection, connection.transaction():
        connection.execute("DELETE FROM engine.identifier")
        connection.execute("DELETE FROM engine.subject")
        total = 0
        with connection.cursor().copy("COPY engine.subject (key, kind, name, tier) FROM STDIN") as copy:
            for key, kind, name, _, _ in _everybody(duck, size):
                copy.write_row((key, kind, name, "T1"))
                total += 1
        with connection.cursor().copy("COPY engine.identifier (kind, value, key) FROM STDIN") as copy:
            for key, _, _, number_kind, number in _everybody(duck, size):
                if number:
                    copy.write_row((number_kind, number, key))
    return total


def _everybody(duck: Duck, size: Size) -> Iterator[Entry]:
    for key, name, number in _fetched(duck, _people_sql(size), size):
        yield key, "person", name, "resident", number
    for key, name, company in _fetched(duck, _companies_sql(size), size):
        yield key, "company", name, "credit", make_credit_code("91", f"{PROVINCE}0121", f"MA{company:07d}")
    for key, name in _fetched(duck, _orgs_sql(size), size):
        yield key, "org", name, "", ""


def _fetched(duck: Duck, sql: str, size: Size) -> Iterator[tuple[str, ...]]:
    cursor = duck.cursor()
    cursor.execute(sql.replace("{first}", "0").replace("{last}", str(size.villages)))
    while chunk := cursor.fetchmany(CHUNK):
        yield from chunk


def _people_sql(size: Size) -> str:
    """Officials and their relatives, tenants in arrears, and who stands behind the bidders of planted wrongs."""
    leads, staff = f"firm // {COMPANIES} * {PERSONS}", f"firm % {COMPANIES}"
    numbered = f"""SELECT id, name, '{PROVINCE}0121' || strftime(born, '%Y%m%d')
            || lpad(CAST(row_number() OVER (PARTITION BY born ORDER BY id) % 1000 AS VARCHAR), 3, '0') AS body
        FROM (SELECT id, person_name(id) AS name, before(6600 + pick(6, id, 24000)) AS born FROM (
            SELECT v * {PERSONS} + {FIRST_OFFICIAL} + n AS id FROM {villages()}, range({OFFICIALS + FORMER}) AS o(n)
            UNION SELECT v * {PERSONS} + {FIRST_RELATIVE} + n FROM {villages()}, range({RELATIVES}) AS o(n)
            UNION SELECT v * {PERSONS} + tenant FROM {villages()}, (VALUES {_TENANTS}) AS o(tenant)
            UNION SELECT v * {PERSONS} + 1900 FROM {tenders(size)} WHERE kind = {schemes.LINKED}
            UNION SELECT t0 // {TENDERS} * {PERSONS} + 2000 + t0 % {TENDERS} FROM {tenders(size)}
                WHERE kind = {schemes.ONE_MANAGER}
            UNION SELECT {leads} + {staff} * 2 + n FROM {bids(size)}, range(2) AS o(n) WHERE kind >= 0
            UNION SELECT {leads} + 721 + {staff} * 6 + n FROM {bids(size)}, range(6) AS o(n)
                WHERE kind = {schemes.SAME_PHONE}
            {_told("people_named", size)}))"""
    return f"SELECT person_key(id), name, body || {numbers.resident_check('body')} FROM ({numbered}) ORDER BY id"


def _told(what: str, size: Size) -> str:
    """SQL: UNIONs with the numbers of those whom the wrongs of a noun name, where a noun says so."""
    return " ".join(f"UNION {getattr(noun, what)(size)}" for noun in NOUNS if hasattr(noun, what))


def _companies_sql(size: Size) -> str:
    """Every firm of the market and whom the wrongs name, with the number it has through the province."""
    return f"""SELECT company_key(id), place_name(id // {COMPANIES})
            || letter(51, id, '兴盛隆泰恒瑞丰和顺达') || letter(52, id, '建商农工贸科环运') || id % {COMPANIES} || '号'
            || CASE WHEN id % {COMPANIES} < {FIRMS + SHADOWS} THEN '建设有限公司' ELSE '有限公司' END, id
        FROM (SELECT v * {COMPANIES} + s AS id FROM {villages()}, range({MARKET}) AS o(s)
            {_told("companies_named", size)}) ORDER BY id"""


def _orgs_sql(size: Size) -> str:
    return f"""SELECT org_key(county_of(v) * 64 + n), '第' || n || '建设管理中心'
        FROM {villages()}, range({ORGS}) AS o(n)
        WHERE first_of(county_of(v)) = v
        UNION ALL SELECT org_key({CLOSED_CIRCLE} + t0), '开发管理中心' || t0 FROM {tenders(size)}
            WHERE kind = {schemes.CLOSED_LIST} AND step = 0
        {_told("bodies_named", size)}"""

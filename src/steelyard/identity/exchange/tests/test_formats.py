"""Every format gives back what it can carry, and refuses by file, line and field what it cannot read."""

import dataclasses
import datetime as dt
import json

import bods_fixtures
import libcovebods.additionalfields
import libcovebods.data_reader
import libcovebods.jsonschemavalidate
import libcovebods.schema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libcovebods.config import LibCoveBODSConfig
from libcovebods.run_tasks import process_additional_checks
from libcovebods.tasks.checks import record_based_checks as record_checks

from steelyard.identity.exchange.checking import KINDS, checked, doubts
from steelyard.identity.exchange.faults import FileRefused
from steelyard.identity.exchange.formats import FORMATS, format_of
from steelyard.identity.exchange.shapes import TIERS, Bundle, Link, Party

DAY = dt.date(2025, 6, 30)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
DATES = st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2040, 1, 1))
SHARES = st.integers(0, 10**8).map(lambda n: n / 10**8)


@st.composite
def bundles(draw):
    """Parties and ties of every kind, with every awkward character."""
    names = draw(
        st.lists(st.from_regex(r"[sS=][A-Za-z0-9.:_-]{1,20}", fullmatch=True), min_size=2, max_size=5, unique=True)
    )
    parties = [
        Party(name, draw(st.sampled_from(("person", "company", "org"))), draw(TEXT), draw(st.sampled_from(TIERS)))
        for name in names
    ]
    return Bundle.of("Steelyard", DAY, parties, [draw(links(f"t-{n}", names)) for n in range(draw(st.integers(0, 4)))])


@st.composite
def links(draw, name, names):
    a, b = draw(st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True))
    least, most = draw(st.none() | SHARES), draw(st.none() | SHARES)
    begin, end = draw(DATES), draw(DATES)
    if begin and end and end < begin:
        begin, end = end, begin
    return Link(
        name, draw(st.sampled_from(KINDS)), a, b, draw(TEXT), draw(TEXT) or None, draw(st.none() | st.integers(1, 3)),
        least, most if least is not None and most is not None and most > least else None, begin, end,
        draw(st.none() | st.floats(0, 1)), draw(st.sampled_from(TIERS)), draw(TEXT), draw(TEXT),
    )  # fmt: skip


def carried(name, bundle):
    """The bundle without what the format has no place for."""
    kinds = {party.id: party.kind for party in bundle.parties}
    kept = [link for link in bundle.links if FORMATS[name].carries(link, kinds)]
    return dataclasses.replace(bundle, links=tuple(kept))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bundle=bundles())
def test_what_is_written_is_read_and_written_again_the_same(name, bundle, tmp_path_factory):
    bundle, folder = carried(name, bundle), tmp_path_factory.mktemp("written")
    files = FORMATS[name].write(bundle, folder)
    first = [file.read_bytes() for file in files]
    at = folder if name == "csv" else files[0]
    found = checked(FORMATS[name].read(at), at.name).bundle()
    assert (found.parties, found.links) == (bundle.parties, bundle.links)
    if name != "csv":
        assert (found.publisher, found.made_on) == (bundle.publisher, bundle.made_on)
    found = dataclasses.replace(found, publisher=bundle.publisher, made_on=bundle.made_on)
    assert [file.read_bytes() for file in FORMATS[name].write(found, folder)] == first
    assert format_of(at) == name


def some():
    people = [Party("s1", "person", "张*", "T1"), Party("s2", "person", "李*", "T3")]
    firms = [
        Party("s3", "company", "甲公司", "T1", "credit", "91339921MA0000001X"),
        Party("s4", "org", "某镇政府", "T1"),
    ]
    ties = [
        Link("t1", "ownership", "s1", "s3", "shareholder", "shareholder", share=0.255, from_date=DAY, confidence=1.0),
        Link("t2", "ownership", "s4", "s3", "shareholder", share=0.25, most=0.5),
        Link("t3", "office", "s2", "s3", "legal_rep", "legal_rep", tier="T3", dataset="company", proof="p-1"),
        Link("t4", "office", "s2", "s4", "post", "董事长", to_date=DAY),
        Link("t5", "kin", "s1", "s2", "kinship", "配偶", degree=1),
        Link("t6", "phone", "s1", "s2", "shared"),
    ]
    return Bundle.of("Steelyard", DAY, [*people, *firms], ties)


def test_bods_is_valid_by_the_standards_own_checks(tmp_path):
    file = FORMATS["bods"].write(carried("bods", some()), tmp_path)[0]
    reader, config = libcovebods.data_reader.DataReader(str(file)), LibCoveBODSConfig()
    schema = libcovebods.schema.SchemaBODS(reader, config)
    assert schema.schema_version == "0.4"
    assert [e.json() for e in libcovebods.jsonschemavalidate.JSONSchemaValidator(schema).validate(reader)] == []
    assert libcovebods.additionalfields.AdditionalFields(schema).process(reader) == {}
    # Known schemes of identifiers are asked for over the network; all other checks run.
    tasks = [
        task for name, task in vars(record_checks).items()
        if name.startswith("Check") and name != "CheckStatementEntityIdentifiersHaveKnownScheme"
    ]  # fmt: skip
    assert len(tasks) > 15
    assert process_additional_checks(reader, config, schema, tasks)["additional_checks"] == []


def test_bods_of_others_is_read():
    found = {}
    for case in bods_fixtures.list_cases():
        file = bods_fixtures._loader._DATA_ROOT / f"{case}.json"
        found[case] = checked(FORMATS["bods"].read(file), file.name)
    direct = found["core/01-direct-ownership"]
    assert [(link.kind, link.share) for _, link in direct.links] == [("ownership", 0.75)]
    ring = found["edge-cases/10-circular-ownership"]
    assert doubts(link for _, link in ring.links) == ["rec-alpha-corp, rec-beta-corp own each other in a ring"]
    assert found["edge-cases/11-anonymous-person"].left_out == {"relationship with somebody unspecified": 1}


def person(name="n1", **more):
    return {"id": name, "schema": "Person", "properties": {"name": ["A"]}} | more


def owns(**properties):
    return {"id": "o1", "schema": "Ownership", "properties": {"owner": ["n1"], "asset": ["n2"]} | properties}


COMPANY = {"id": "n2", "schema": "Company", "properties": {"name": ["B"]}}


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (owns(percentage=["120"]), "line 3, properties.percentage: a share of 120 % is not between 0 and 100 %"),
        (owns(percentage=["-3"]), "not between 0 and 100 %"),
        (owns(percentage=["half"]), "'half' is no percentage"),
        (owns(asset=["n9"]), "a.json, line 3, b: 'n9' is no subject of this file"),
        (owns(asset=["n1"]), "nobody is tied to himself"),
        (owns(startDate=["2020"], endDate=["2019-02"]), "to_date: 2019-02-28 lies before 2020-01-01"),
        (owns(startDate=["2020-13-01"]), "properties.startDate: there is no day 2020-13-01"),
        ({"id": "x", "schema": "Shareholding"}, "line 3, schema: 'Shareholding' is no schema of FollowTheMoney"),
        (person(properties={"name": ["C"]}), "line 3, id: 'n1' clashes with line 1"),
        (owns() | {"id": "n1"}, "line 3, id: 'n1' is a subject on line 1"),
        (person("n3", properties={"name": [{"deep": 1}]}), "properties.name: is not text"),
        ({"schema": "Person"}, "line 3, id: is missing"),
    ],
)  # fmt: skip
def test_a_bad_entity_is_refused_by_file_line_and_field(tmp_path, last, told):
    file = tmp_path / "a.json"
    file.write_text("".join(json.dumps(one) + "\n" for one in (person(), COMPANY, last)))
    with pytest.raises(FileRefused) as refused:
        checked(FORMATS["ftm"].read(file), file.name)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"id": "' + b"x" * (1 << 21), "line 2, line: is longer than 1048576 bytes"),
        (b"\xff\xfe", "line 2, line: is not UTF-8"),
        (b"[" * 200_000, "line 2, line: is "),
        (b"{broken", "line 2, line: is no JSON"),
        (b'{"id": NaN}', "NaN is no number"),
        (b"7", "line 2, line: is no object"),
    ],
)
def test_a_line_that_is_none_does_not_bring_the_reader_down(tmp_path, line, told):
    file = tmp_path / "a.json"
    file.write_bytes(json.dumps(person()).encode() + b"\n" + line)
    with pytest.raises(FileRefused) as refused:
        FORMATS["ftm"].read(file)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"statementId": "a"', "line 1, statement: is no JSON"),
        ("[\n\n7]", "line 3, statement: is no object"),
        ('[{"statementId": "a", "recordId": "r", "recordType": "vessel"}]', "'vessel' is no type of record"),
        ('[{"recordId": "r", "recordType": "person"}]', "line 1, statementId: is missing"),
        ('[{"statementId": "a", "recordId": "r", "recordType": "person"},\n'
         '{"statementId": "a", "recordId": "q", "recordType": "person"}]', "line 2, statementId: 'a' stands for two"),
        ('[{"statementId": "a", "recordId": "r", "recordType": "person"},\n'
         '{"statementId": "b", "recordId": "r", "recordType": "entity"}]', "line 2, recordType: record 'r' was person"),
        ("[", "line 1, file: ends in the middle"),
    ],
)  # fmt: skip
def test_a_bad_statement_is_refused_by_line_and_field(tmp_path, text, told):
    file = tmp_path / "a.json"
    file.write_text(text)
    with pytest.raises(FileRefused) as refused:
        FORMATS["bods"].read(file)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("subjects", "ties", "told"),
    [
        ("id,name\n1,A\n", "", "subjects.csv, line 1, head: lacks the columns kind"),
        ("id,kind,name\n1,ship,A\n", "", "subjects.csv, line 2, kind: 'ship' is none of person, company, org"),
        ("id,kind,name\n1,person,A,B\n", "", "subjects.csv, line 2, line: has 4 cells, the head 3"),
        ("id,kind,name\n1,person,A\n1,person,B\n", "", "subjects.csv, line 3, id: '1' clashes with line 2"),
        ("id,kind,name\n1,person,A\n", "id,kind,a,b\nt,kin,1,2\n", "ties.csv, line 2, b: '2' is no subject of"),
        ('id,kind,name\n1,person,"A\n', "", "subjects.csv, line 2, line: cannot be read"),
        ("id,kind,name\n1,person,A\n2,company,B\n", "id,kind,a,b,share_percent\nt,ownership,1,2,50-20\n",
         "ties.csv, line 2, share_percent: the range of the share ends before it begins"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_file_line_and_column(tmp_path, subjects, ties, told):
    (tmp_path / "subjects.csv").write_text(subjects)
    if ties:
        (tmp_path / "ties.csv").write_text(ties)
    with pytest.raises(FileRefused) as refused:
        checked(FORMATS["csv"].read(tmp_path), "subjects.csv")
    assert told in str(refused.value)


def test_what_says_nothing_of_ties_is_counted_and_left_out(tmp_path):
    file = tmp_path / "a.json"
    vessel = {"id": "v", "schema": "Vessel", "properties": {}}
    link = {"id": "u", "schema": "UnknownLink", "properties": {"subject": ["n1"], "object": ["n2"]}}
    file.write_text("".join(json.dumps(one) + "\n" for one in (person(), COMPANY, vessel, link, owns())))
    found = checked(FORMATS["ftm"].read(file), file.name)
    assert found.left_out == {"Vessel": 1, "UnknownLink that says no kind": 1}
    assert [link.id for _, link in found.links] == ["o1"]


def own(a, b, share=0.5, begin=None, end=None):
    return Link(f"{a}{b}{begin}", "ownership", a, b, share=share, from_date=begin, to_date=end)


def test_more_than_the_whole_on_one_day_is_doubted_and_one_after_the_other_is_not():
    after = [own("a", "c", 0.8, end=dt.date(2019, 12, 31)), own("b", "c", 0.8, begin=dt.date(2020, 1, 1))]
    assert doubts(after) == []
    assert doubts([*after, own("d", "c", 0.3)]) == ["shares of c make 110 % on one day"]


def test_rings_are_found_and_chains_of_any_length_are_not_rings():
    chain = [own(f"n{i}", f"n{i + 1}") for i in range(50_000)]
    assert doubts(chain) == []
    assert doubts([*chain[:3], own("n3", "n1")]) == ["n1, n2, n3 own each other in a ring"]

import json

import pyarrow.parquet as pq
import pytest

from steelyard.sources import Feed, Interface, Options
from steelyard.sources.ocds import DATASETS, count, read_ocds

PARTIES = [
    {"id": "b", "name": "Ministry", "identifier": {"scheme": "XX-ORG", "id": "9"}},
    {"id": "s1", "name": "One Ltd", "identifier": {"scheme": "CN-USCC", "id": "91339921MA0000001X"}},
    {"id": "s2", "name": "Two Ltd", "identifier": {"scheme": "XX-TIN", "id": "22"}},
]
RELEASE = {
    "ocid": "ocds-abc123-1",
    "date": "2024-02-01T00:00:00Z",
    "buyer": {"id": "b"},
    "parties": PARTIES,
    "tender": {
        "procurementMethod": "limited",
        "status": "complete",
        "tenderPeriod": {"startDate": "2024-01-02T10:00:00+04:00", "endDate": "2024-01-09T10:00:00+04:00"},
        "value": {"amount": 100, "currency": "AMD"},
        "lots": [{"id": "1", "value": {"amount": 60.5, "currency": "AMD"}}, {"id": "2"}],
    },
    "bids": {
        "details": [
            {"id": "1", "status": "valid", "relatedLots": ["1"], "tenderers": [{"id": "s1"}],
             "value": {"amount": 58, "currency": "AMD"}},
            {"id": "2", "status": "disqualified", "relatedLot": "1", "tenderers": [{"id": "s2"}]},
            {"id": "3", "status": "pending", "relatedLots": ["2"], "tenderers": [{"id": "s1"}, {"id": "s2"}]},
            {"id": "4", "status": "invited", "relatedLots": ["2"]},
        ]
    },
    "awards": [{"id": "a", "status": "active", "relatedLots": ["1"], "suppliers": [{"id": "s1"}],
                "value": {"amount": 58, "currency": "AMD"}, "date": "2024-01-20T00:00:00Z"}],
    "contracts": [{"id": "c", "awardID": "a", "value": {"amount": 59, "currency": "AMD"}, "dateSigned": "2024-02-01"}],
}  # fmt: skip


def rows(tmp_path, *documents, own=False, name="a.jsonl", text=None):
    path = tmp_path / name
    path.write_text(text or "\n".join(json.dumps(document) for document in documents), encoding="utf-8")
    interface = Interface(
        "x/ocds", {}, tuple(Feed(dataset, {}) for dataset in DATASETS), file_format="ocds",
        options=Options(own_platform=own),
    )  # fmt: skip
    made = read_ocds(path, interface, tmp_path, 0, path.name, lambda key, name: "830000000000")
    found = {part.dataset: [r for file in part.parts for r in pq.read_table(file).to_pylist()] for part in made}
    return found, [line for part in made for line in part.broken]


def test_a_tender_keeps_local_time_and_the_publishers_method(tmp_path):
    tender = rows(tmp_path, RELEASE)[0]["tender"][0]
    assert (tender["method"], tender["status"], tender["announce_date"]) == ("negotiated", "awarded", "2024-01-02")
    assert tender["bid_deadline"] == "2024-01-09T10:00:00+04:00"
    assert tender["area_code"] == "830000000000"


def test_each_lot_is_a_section_in_its_currency(tmp_path):
    sections = rows(tmp_path, RELEASE)[0]["tender_section"]
    assert [(s["section_id"], s["ceiling_price"], s["currency"]) for s in sections] == [
        ("ocds-abc123-1/1", "60.5", "AMD"),
        ("ocds-abc123-1/2", None, "AMD"),
    ]


def test_a_status_that_is_not_decided_stays_empty(tmp_path):
    assert [bid["valid"] for bid in rows(tmp_path, RELEASE)[0]["bid"]] == ["true", "false", None]


def test_ranks_are_never_invented(tmp_path):
    assert all("rank" not in bid for bid in rows(tmp_path, RELEASE)[0]["bid"])


def test_parties_are_known_by_national_numbers_or_by_their_publisher(tmp_path):
    numbers = [bid["bidder_no"] for bid in rows(tmp_path, RELEASE)[0]["bid"]]
    assert numbers[:2] == ["91339921MA0000001X", "src:ocds-abc123:XX-TIN:22"]


def test_a_consortium_is_a_party_of_its_own(tmp_path):
    bid = rows(tmp_path, RELEASE)[0]["bid"][2]
    assert bid["bidder_no"] == "src:ocds-abc123:joint:91339921MA0000001X+22"
    assert bid["bidder_name"] == "One Ltd、Two Ltd"


def test_a_contract_finds_its_section_through_its_award(tmp_path):
    contract = rows(tmp_path, RELEASE)[0]["tender_contract"][0]
    assert (contract["section_id"], contract["contractor_name"]) == ("ocds-abc123-1/1", "One Ltd")


def test_several_awards_for_one_section_get_sections_of_their_own(tmp_path):
    release = RELEASE | {"awards": [RELEASE["awards"][0], RELEASE["awards"][0] | {"id": "b"}]}
    found = rows(tmp_path, release)[0]
    assert [award["section_id"] for award in found["award"]] == ["ocds-abc123-1/1#a", "ocds-abc123-1/1#b"]
    assert len(found["tender_section"]) == 4


def test_the_publisher_becomes_a_region_with_two_bodies_once_a_file(tmp_path):
    found = rows(tmp_path, RELEASE, RELEASE | {"ocid": "ocds-abc123-2"})[0]
    assert [region["area_code"] for region in found["region"]] == ["830000000000"]
    assert [org["org_type"] for org in found["org"]] == ["discipline", "public_trading", "project_owner"]


def test_a_platform_of_ones_own_brings_its_own_columns(tmp_path):
    tender = RELEASE["tender"] | {
        "x_steelyard": {"area_code": "339921000000"},
        "lots": [{"id": "1", "x_steelyard": {"section_id": "S1", "qual_grade": "2"}}],
    }
    found = rows(tmp_path, RELEASE | {"tender": tender}, own=True)[0]
    assert found["tender"][0]["area_code"] == "339921000000"
    assert found["tender_section"][0]["qual_grade"] == "2"
    assert found["award"][0]["section_id"] == "S1"
    assert found["region"] == []


@pytest.mark.parametrize(
    "wrapped",
    [
        {"releases": [RELEASE], "publisher": {"name": "P"}},
        {"records": [{"ocid": RELEASE["ocid"], "compiledRelease": RELEASE}]},
        {"records": [{"ocid": RELEASE["ocid"], "releases": [RELEASE]}]},
        [RELEASE],
    ],
)
def test_packages_of_every_kind_are_read(tmp_path, wrapped):
    found, broken = rows(tmp_path, name="a.json", text=json.dumps(wrapped, indent=1))
    assert len(found["bid"]) == 3
    assert broken == []


def test_releases_of_one_process_are_merged_by_date(tmp_path):
    later = {"ocid": RELEASE["ocid"], "date": "2024-03-01", "tender": {"status": "cancelled"}}
    found = rows(tmp_path, later, RELEASE)[0]
    assert [tender["status"] for tender in found["tender"]] == ["cancelled"]
    assert len(found["tender_section"]) == 2


def test_lines_that_are_no_release_are_set_aside(tmp_path):
    text = f'{json.dumps(RELEASE)}\n{{"ocid": \n{{"tender": {{}}}}\n{{"ocid": ""}}\n'
    found, broken = rows(tmp_path, text=text)
    assert len(found["tender"]) == 1
    assert [line.row for line in broken] == [2, 3, 4]


def test_a_process_delivered_twice_counts_once(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(json.dumps(RELEASE))
    total, by_publisher, _ = count([tmp_path / "a.jsonl", tmp_path / "b.jsonl"])
    assert (total.processes, total.bids, total.awards, total.contracts) == (1, 3, 1, 1)
    assert list(by_publisher) == ["ocds-abc123"]

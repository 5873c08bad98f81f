import hashlib
import json
from collections import Counter
from decimal import Decimal

import pytest

from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.identifiers import is_credit_code, is_resident_id
from steelyard.sources import load_interfaces
from steelyard.synth import write_county
from steelyard.synth.build import TooEarly
from steelyard.synth.cast import PARTS
from steelyard.synth.tests.conftest import SEED, UNTIL, Written, write

STAMP = f"{UNTIL:%Y%m%d}"
POPULATION = f"public-security/czrk_{STAMP}.csv"


def test_the_same_seed_and_day_give_the_same_bytes(county: Written, tmp_path):
    again = write(tmp_path)
    assert again.manifest.hash == county.manifest.hash
    assert again.manifest.files == county.manifest.files


def test_the_hashes_of_the_manifest_are_those_of_the_files(county: Written):
    for file, entry in county.manifest.files.items():
        content = (county.folder / "inbox" / file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], file


def test_a_county_before_the_running_term_is_refused(tmp_path):
    with pytest.raises(TooEarly):
        write_county(catalogue_folder(), SEED, UNTIL.replace(year=2024), tmp_path)


def test_every_file_belongs_to_an_interface(county: Written):
    inbox = county.folder / "inbox"
    listed = [
        file
        for interface in load_interfaces(catalogue_folder() / "interfaces").values()
        for file in interface.files(inbox)
    ]
    assert sorted(listed) == sorted(file for file in inbox.rglob("*") if file.is_file())


def test_there_are_three_hundred_thousand_people_with_valid_and_different_numbers(county: Written):
    bad = {entry["line"] for entry in county.truth["quarantined"] if entry["file"] == POPULATION.split("/")[1]}
    twice = {entry["line"] for entry in county.truth["superseded"] if entry["file"] == POPULATION.split("/")[1]}
    lines = county.lines(POPULATION, "gb18030")
    numbers = [line.split(",")[0] for number, line in enumerate(lines[1:], start=2) if number not in bad | twice]
    assert 290_000 < len(numbers) < 320_000
    assert len(set(numbers)) == len(numbers)
    assert all(is_resident_id(number) for number in numbers[::53])


def test_files_come_in_the_departments_own_encodings(county: Written):
    assert (county.folder / "inbox" / f"court/ajxx_{STAMP}.csv").read_bytes().startswith("\ufeff".encode())
    with pytest.raises(UnicodeDecodeError):
        (county.folder / "inbox" / POPULATION).read_text("utf-8")
    assert (county.folder / "inbox" / f"state-assets/gqcg_{STAMP}.xlsx").read_bytes().startswith(b"PK")


def test_files_carry_numbers_and_never_a_key(county: Written):
    project = json.loads(county.lines(f"platform/cjgc_{STAMP}.jsonl")[0])
    assert is_credit_code(project["contractor_no"])
    assert is_resident_id(project["acceptor_id_no"])
    assert "contractor_id" not in project


BY_PRODUCTS = {
    "village-asset/cadre-related-lessee", "village-asset/no-open-trade", "village-fund/bank-book-mismatch",
    "village-project/concentrated-contractor", "village-project/relative-contractor",
    "village-project/split-below-threshold",
}  # fmt: skip
"""Models whose wrongs follow from acts planted for others; they have no look-alikes of their own yet."""


def test_each_wrong_has_three_look_alikes(county: Written):
    wrongs = Counter(entry["model"] for entry in county.truth["wrongs"])
    alike = Counter(entry["model"] for entry in county.truth["look_alikes"])
    assert {model for model, count in wrongs.items() if alike[model] < 3 * count} <= BY_PRODUCTS
    assert len(wrongs.keys() - BY_PRODUCTS) == 28


def test_no_matter_is_wrong_and_a_look_alike_at_once(county: Written):
    wrongs = {(entry["model"], json.dumps(entry["key"], sort_keys=True)) for entry in county.truth["wrongs"]}
    alike = {(entry["model"], json.dumps(entry["key"], sort_keys=True)) for entry in county.truth["look_alikes"]}
    assert wrongs & alike == set()


def test_the_truth_names_people_and_firms_by_valid_numbers(county: Written):
    told = county.truth["wrongs"] + county.truth["look_alikes"]
    numbers = [value["number"] for entry in told for value in entry["key"].values() if isinstance(value, dict)]
    assert numbers
    assert all(is_resident_id(number) or is_credit_code(number) for number in numbers)


def test_one_row_in_two_hundred_is_bad(county: Written):
    assert len(county.truth["quarantined"]) >= county.manifest.rows * 0.005
    rules = {entry["rule"].split(":")[0] for entry in county.truth["quarantined"]}
    assert rules == {"number", "type", "required", "vocabulary", "check", "line", "name-conflict"}


def test_a_place_is_spoiled_once(county: Written):
    places = [(entry["file"], entry["line"]) for entry in county.truth["quarantined"]]
    assert len(set(places)) == len(places)


def test_the_five_contracts_of_the_first_story_add_up(county: Written):
    story = county.cast["stories"]["former_employer"]
    bad = {
        entry["line"]
        for entry in county.truth["quarantined"] + county.truth["superseded"]
        if entry["file"].startswith("cjgc_")
    }
    lines = enumerate(county.lines(f"platform/cjgc_{STAMP}.jsonl"), start=1)
    rows = [json.loads(line) for number, line in lines if number not in bad]
    five = [row for row in rows if row["contractor_no"] == story["firm"]["code"]]
    assert [row["project_id"] for row in five] == story["projects"]
    assert sum(Decimal(str(row["contract_amount"])) for row in five) == Decimal("1320500")
    assert len({row["contractor_name"] for row in five}) == 3
    assert {row["sign_date"][:4] for row in five} == {"2017", "2018"}


def test_the_third_story_leaves_more_than_the_published_sums_open(county: Written):
    story = county.cast["stories"]["unpaid_factory"]
    owed = [Decimal(lease["overdue"]) for lease in story["leases"]]
    assert max(owed) > 1_270_000
    assert sum(owed) == Decimal(story["recoverable"]) > 1_810_000


def test_thirty_one_rents_are_unpaid_in_the_county(county: Written):
    models = Counter(entry["model"] for entry in county.truth["wrongs"])
    assert models["village-asset/rent-receivable-unpaid"] == 31


def test_the_whole_cast_lives_in_the_county(county: Written):
    people = county.cast["people"]
    assert set(people) == {part.login for part in PARTS}
    assert all(is_resident_id(person["id_number"]) for person in people.values())
    known = {body["code"] for body in county.cast["bodies"]} | {people["ye"]["body"]["code"]}
    assert all(person["body"]["code"] in known for person in people.values() if "body" in person)


def test_lu_is_kin_of_li_at_the_second_degree(county: Written):
    li, lu = (county.cast["people"][login]["id_number"] for login in ("li", "lu"))
    lines = county.lines(f"public-security/qsgx_{STAMP}.csv", "gb18030")
    ties = [line for line in lines if li in line and lu in line]
    assert len(ties) >= 2
    assert any(line.startswith(li) for line in ties)
    assert any(line.startswith(lu) for line in ties)

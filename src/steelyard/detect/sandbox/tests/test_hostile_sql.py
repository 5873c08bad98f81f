"""Hostile texts through all layers, and through the layers below the first alone."""

from pathlib import Path

import pytest

from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.detect.sandbox.tests.conftest import NAME, SECRET
from steelyard.detect.sandbox.tests.hostile import ENDLESS, GREEDY, HARMLESS, REFUSED

SHORT = Limits(wall_seconds=1.5, memory_mb=128, space_mb=768, rows=50)
PATIENT = Limits(wall_seconds=40, memory_mb=128, space_mb=768, rows=50)
TOO_LONG_FOR_A_LINE = {"ten-megabytes"}


def spelled(text: str, places: tuple[Path, Path]) -> str:
    return text.replace("{inside}", str(places[0])).replace("{outside}", str(places[1]))


def left(places: tuple[Path, Path]) -> dict[str, bytes]:
    """Every file in both places with its content."""
    return {str(path): path.read_bytes() for place in places for path in sorted(place.rglob("*")) if path.is_file()}


def test_the_corpus_is_large_enough():
    assert len(REFUSED) + len(ENDLESS) + len(GREEDY) + len(HARMLESS) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_text_is_refused_by_its_rule(name, whole, places):
    text, rule = REFUSED[name]
    with pytest.raises(Refusal) as refused:
        whole(spelled(text, places))
    assert (refused.value.rule, refused.value.line >= 1) == (rule, True)


@pytest.mark.parametrize("name", sorted(set(REFUSED) - TOO_LONG_FOR_A_LINE))
def test_unread_it_still_takes_and_changes_nothing(name, unread, places):
    before = left(places)
    try:
        answer = unread(spelled(REFUSED[name][0], places), SHORT)
        seen = str(answer.said) + str(answer.table)
    except Refusal as refused:
        seen = str(refused)
    assert SECRET not in seen
    assert left(places) == before


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_stopped_and_told_so(name, unread):
    with pytest.raises(Refusal, match="the query did not end") as refused:
        unread(ENDLESS[name], SHORT)
    assert refused.value.rule == "limit-wall"


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_does_not_pass_the_whole_sandbox(name, whole):
    with pytest.raises(Refusal) as refused:
        whole(ENDLESS[name], SHORT)
    assert refused.value.rule == "limit-wall"


@pytest.mark.parametrize("name", GREEDY)
def test_what_eats_memory_is_stopped(name, whole):
    with pytest.raises(Refusal) as refused:
        whole(GREEDY[name], PATIENT)
    assert refused.value.rule in ("limit-memory", "engine-value")


@pytest.mark.parametrize("name", HARMLESS)
def test_strange_values_tell_nothing_of_the_data(name, whole):
    try:
        answer = whole(HARMLESS[name])
        rows, said = answer.said["rows"], ""
    except Refusal as refused:
        rows, said = 0, str(refused)
    assert rows <= 2000
    assert NAME not in said


OUT = ("copy-to", "copy-query", "read-csv", "read-text", "read-blob", "read-json", "read-parquet", "file-as-table",
       "passwd-as-table", "attach", "attach-postgres", "install", "load", "export", "import", "glob", "http",
       "own-environment")  # fmt: skip


@pytest.mark.parametrize("name", OUT)
def test_the_walls_hold_by_themselves(name, walled, places):
    before = left(places)
    try:
        answer = walled(spelled(REFUSED[name][0], places), SHORT)
        seen = str(answer.said) + str(answer.table)
    except Refusal as refused:
        seen = str(refused)
    assert SECRET not in seen
    assert "root:" not in seen
    assert left(places) == before

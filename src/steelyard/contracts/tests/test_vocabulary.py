"""Departments write codes their own way, and each is understood."""

from pathlib import Path

import pytest

from steelyard.contracts import load_vocabularies
from steelyard.contracts.vocabulary import VocabularyBroken

HEAD = """format: 1
vocabularies:
  department: {title: {zh: 部门, en: d}, terms: {police: {zh: 公安, en: police}, health: {zh: 卫健, en: health}}}
  sex:
    title: {zh: 性别, en: sex}
    standard: GB/T 2261.1
    terms:
"""


def written(folder: Path, *terms: str) -> Path:
    (folder / "words.yaml").write_text(HEAD + "".join(f"      {term}\n" for term in terms), encoding="utf-8")
    return folder


def test_a_department_s_own_word_goes_before_that_of_the_standard(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        "male: {zh: 男, en: male, codes: {standard: ['1'], health: ['2']}}",
        "female: {zh: 女, en: female, codes: {standard: ['2'], health: ['1']}}",
    )
    sex = load_vocabularies(folder)["sex"]
    assert sex.readings("police") == {"male": "male", "男": "male", "1": "male", "female": "female", "女": "female",
                                      "2": "female"}  # fmt: skip
    assert sex.readings("health")["1"] == "female"


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ("female: {zh: 女, en: female, codes: {police: ['1']}}", "police writes 1 for male and for female"),
        ("female: {zh: 女, en: female, codes: {nobody: ['2']}}", "unknown department nobody"),
        ("female: {zh: 女, en: female, codes: {police: [2]}}", "words in quotes"),
    ],
)
def test_words_that_cannot_be_told_apart_are_refused(tmp_path: Path, second: str, says: str) -> None:
    folder = written(tmp_path, "male: {zh: 男, en: male, codes: {police: ['1']}}", second)
    with pytest.raises(VocabularyBroken) as refused:
        load_vocabularies(folder)
    assert says in str(refused.value)

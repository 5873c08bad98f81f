from pathlib import Path

import pytest

from steelyard.kit import yamlfile

HERE = Path("sample.yaml")


def test_a_word_that_yaml_1_1_takes_for_a_boolean_stays_a_word():
    assert yamlfile.loads("on: yes\n", HERE).data == {"on": "yes"}


def test_a_code_with_a_leading_zero_is_not_read_as_octal():
    assert yamlfile.loads("phone: 0555567\n", HERE).data == {"phone": "0555567"}


def test_a_repeated_key_is_named_with_its_line():
    with pytest.raises(yamlfile.YamlError, match=r"sample\.yaml:2:1.*twice"):
        yamlfile.loads("a: 1\na: 2\n", HERE)


def test_the_line_of_a_nested_value_is_known():
    document = yamlfile.loads("a:\n  b:\n  - x\n  - y\n", HERE)
    assert document.line_of("a", "b", 1) == 4
    assert document.line_of("a", "missing") == 1


def test_bad_syntax_names_the_place():
    with pytest.raises(yamlfile.YamlError, match=r"sample\.yaml:2:1"):
        yamlfile.loads("a: [1, 2\n", HERE)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "- " * 200_000 + "a", "{a: " * 200_000, "? " * 200_000, "- " * 60 + "a"]
)
def test_nesting_without_end_is_refused_in_words(text):
    with pytest.raises(yamlfile.YamlError, match="40 levels"):
        yamlfile.loads(text, Path("deep.yaml"))

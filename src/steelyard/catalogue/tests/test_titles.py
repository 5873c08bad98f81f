"""What people read of a finding: figures, dates, optional parts, and words for codes."""

from pathlib import Path

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.catalogue.codes import codes
from steelyard.catalogue.lint import titles
from steelyard.catalogue.lint.evaluation import Evaluator
from steelyard.catalogue.placeholders import PlaceholderUnknown, in_words, render
from steelyard.catalogue.reader import CatalogueBroken, read_model
from steelyard.catalogue.tree import read
from steelyard.engines.duck import connect
from steelyard.kit.catalogue_folder import catalogue_folder

ROW = {
    "sum": "1234.50", "ratio": "0.333333", "tol": "1.100000", "from": "2025-03-01", "to": "2025-03-07", "days": 1,
    "at": "2025-03-01T20:05:00", "month": "2025-03", "gone": None, "yes": True, "codes": "b,a,z",
}  # fmt: skip
WORDS = {"a": {"zh": "甲", "en": "first"}, "b": {"zh": "乙", "en": "second"}}


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("{sum:money}", "1,234.50", "1,234.50"),
        ("{ratio:percent}", "33.3%", "33.3%"),
        ("{ratio:number} {tol:number}", "0.33 1.1", "0.33 1.1"),
        ("{from:date}..{to:date}", "2025年3月1日至2025年3月7日", "1 Mar 2025 to 7 Mar 2025"),
        ("{from:date}..{from:date}", "2025年3月1日", "1 Mar 2025"),
        ("{at:time}", "2025年3月1日20:05", "1 Mar 2025 20:05"),
        ("{month:month}", "2025年3月", "Mar 2025"),
        ("{days} day{days:s}", "1 day", "1 day"),
        ("{sum} yuan{sum:s}", "1234.50 yuans", "1234.50 yuans"),
        ("{yes}", "是", "yes"),
        ("a {gone} b[, until {gone:date}][, from {from:date}]", "a — b, from 2025年3月1日", "a — b, from 1 Mar 2025"),
        ("[plain] {days}", "[plain] 1", "[plain] 1"),
    ],
)
def test_a_value_is_written_as_people_write_it(text: str, zh: str, en: str) -> None:
    assert (render(text, ROW, language="zh"), render(text, ROW, language="en")) == (zh, en)


def test_a_value_that_does_not_fit_its_form_is_shown_as_it_is() -> None:
    assert render("{codes:money} {codes:date} {codes:s}", ROW) == "b,a,z b,a,z b,a,z"


def test_a_column_the_finding_does_not_have_is_refused_or_a_dash() -> None:
    with pytest.raises(PlaceholderUnknown):
        render("{other}", ROW)
    assert render("{other}[ ({other})]", ROW, lenient=True) == "—"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("a", "甲", "first"),
        ("b,a,z", "乙、甲、z", "second, first, z"),
        ("a > b", "甲 → 乙", "first → second"),
        ("", "", ""),
    ],
)
def test_codes_are_told_one_by_one_and_a_strange_one_stays(value: str, zh: str, en: str) -> None:
    for language, said in (("zh", zh), ("en", en)):
        assert in_words(value, lambda code, own=language: WORDS.get(code, {}).get(own), language) == said


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.mark.parametrize(
    ("sql", "written", "vocabularies", "is_open"),
    [
        (
            "SELECT CASE WHEN s.copies > 1 THEN 'many' WHEN s.matter_id = 'x' THEN 'few' END AS c",
            {"many", "few"},
            set(),
            0,
        ),
        ("SELECT MAX(s.seal_type) AS c", set(), {"seal_type"}, 0),
        ("SELECT STRING_AGG(DISTINCT s.purpose, ',' ORDER BY s.purpose) AS c", set(), {"seal_purpose"}, 0),
        ("SELECT COALESCE(MAX(s.matter_id), 'unknown') AS c", {"unknown"}, set(), 1),
        ("SELECT CONCAT_WS(',', CASE WHEN COUNT(*) > 1 THEN 'a' END, 'b;c') AS c", {"a", "b", "c"}, set(), 0),
        ("SELECT MAX(s.copies) AS c", set(), set(), 1),
    ],
)
def test_the_codes_of_a_column_are_read_off_its_query(
    catalogue: Catalogue, sql: str, written: set[str], vocabularies: set[str], is_open: int
) -> None:
    tree = read(
        f"WITH x AS ({sql} FROM seal_use AS s) SELECT x.c AS d FROM x", {"seal_use": catalogue.schema("seal_use")}
    )
    found = codes(tree, "d", catalogue)
    assert (found.written, found.vocabularies, found.open) == (written, vocabularies, bool(is_open))


def test_codes_are_followed_into_derived_relations(catalogue: Catalogue) -> None:
    tree = read("SELECT o.position AS p FROM in_office AS o", {"in_office": catalogue.schema("in_office")})
    assert codes(tree, "p", catalogue).vocabularies == {"position"}


MODEL = "village-asset/no-open-trade"


@pytest.fixture
def said(catalogue: Catalogue, tmp_path: Path):  # type: ignore[no-untyped-def]
    """What the lint says of the title and the terms of a model in which some text was put for another."""

    def look(*changes: tuple[str, str]) -> list[str]:
        source = catalogue.models[MODEL].path
        folder = tmp_path / MODEL
        folder.mkdir(parents=True)
        for name in ("model.yaml", "model.sql", "cases.yaml"):
            text = (source / name).read_text(encoding="utf-8")
            for old, new in changes if name == "model.yaml" else ():
                assert old in text
                text = text.replace(old, new)
            (folder / name).write_text(text, encoding="utf-8")
        model = read_model(folder)
        with connect(memory_mb=256, threads=1) as duck:
            seen = Evaluator(catalogue, duck).look(model)
        assert seen.tree is not None
        return [one.message for one in titles.complaints(model, seen.tree, seen.output, catalogue)]

    return look


def test_a_title_whose_codes_all_have_words_is_fine(said) -> None:  # type: ignore[no-untyped-def]
    assert said() == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\n    b: {zh", "\n    x: {zh", "reasons can be b, which has no words"),
        ("  reasons:\n", "  reasons:\n    vocabulary: nowhere\n", "reasons: there is no vocabulary nowhere"),
        ("  reasons:\n", "  nobody: position\n  reasons:\n", "nobody is no column of the output or the evidence"),
        ("{party_id:name} (CNY", "somebody (CNY", "the title in en does not say party_id, the other language does"),
        ("{party_id:name} (CNY", "{party_id:shout} (CNY", "unknown form shout of party_id"),
        ("a clue, to be verified", "proved", "the title must say that it is a clue: clue, lead, hint, verif"),
        ("From contracts", "[From contracts]", "a square bracket encloses an optional part with a placeholder in it"),
        ("From contracts", "x" * 500, "the title has "),
    ],
)
def test_what_is_wrong_with_a_title_is_named(said, old: str, new: str, message: str) -> None:  # type: ignore[no-untyped-def]
    [found] = said((old, new))
    assert found.startswith(message)


def test_terms_that_are_no_words_are_refused(said) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CatalogueBroken, match=r"terms.reasons.b needs zh and en"):
        said(("b: {zh: 受让方不一致, en: another winner}", "b: another winner"))


def test_a_text_without_any_known_code_stays_as_it_was_delivered():
    assert in_words("pipes > 30 cm, sand", lambda _code: None, "en") == "pipes > 30 cm, sand"

import base64
import datetime as dt
import re
import zlib

import pytest

from steelyard.catalogue import load_catalogue
from steelyard.catalogue.handbook import Here, digest, entry
from steelyard.catalogue.handbook.pdf import Book, by_matter, handbook
from steelyard.catalogue.handbook.words import Speech
from steelyard.cli.main import main
from steelyard.kit.catalogue_folder import catalogue_folder

DAY = dt.date(2026, 3, 4)
RENT = "village-asset/rent-receivable-unpaid"
CASH = "village-fund/large-cash"


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(catalogue_folder())


def pages(pdf: bytes) -> list[str]:
    """What stands on each page without its blanks, read out of the file: Song is written as UTF-16, Latin as bytes."""
    song = set(re.findall(rb"/Encoding /UniGB-UCS2-H\s+/Name /(F\d+)", pdf))
    found = []
    for stream in re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?)~>\s*endstream", pdf, re.DOTALL):
        drawn = zlib.decompress(base64.a85decode(stream))
        if b" Tf" in drawn:
            found.append("".join(_shown(drawn, song)).replace(" ", ""))
    return found


def _shown(drawn: bytes, song: set[bytes]):
    wide = False
    for font, shown in re.findall(rb"/(F\d+)\S* [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) Tj", drawn, re.DOTALL):
        if font:
            wide = font in song
            continue
        raw = re.sub(rb"\\(\d{3}|.)", _unescaped, shown, flags=re.DOTALL)
        yield raw.decode("utf-16-be" if wide else "cp1252", "replace")


def _unescaped(found):
    said = found[1]
    return bytes([int(said, 8)]) if said.isdigit() else {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(said, said)


def text_of(book: Book) -> list[str]:
    return pages(handbook(book))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_book_has_every_models_title_in_the_contents_and_at_its_place(catalogue, language):
    read = "".join(text_of(Book(catalogue, list(catalogue.models.values()), language, DAY)))
    speech = Speech(catalogue, language)
    missing = [one.id for one in catalogue.models.values() if read.count(speech.say(one.title).replace(" ", "")) < 2]
    assert not missing


def test_the_first_page_carries_day_and_hash_and_each_page_its_number(catalogue):
    listed = text_of(Book(catalogue, [catalogue.models[RENT], catalogue.models[CASH]], "zh", DAY, chosen="等级：红色"))
    assert "2026-03-04" in listed[0]
    assert digest(catalogue) in listed[0]
    assert "等级：红色" in listed[0]
    assert [f"第{number}页" in page for number, page in enumerate(listed, start=1)] == [True] * len(listed)
    assert all(digest(catalogue)[:12] in page for page in listed)


def test_contents_name_the_page_on_which_a_matter_begins(catalogue):
    listed = text_of(Book(catalogue, [catalogue.models[RENT], catalogue.models[CASH]], "en", DAY))
    assert re.search(r"Villagefunds\.*4", listed[1])
    assert "VillagefundsLargecashpayment" in listed[3]


def test_models_are_grouped_by_matter_in_the_vocabularys_order(catalogue):
    groups = by_matter(catalogue, catalogue.models.values())
    order = list(catalogue.vocabulary["domain"].terms)
    assert [domain for domain, _ in groups] == [one for one in order if one in dict(groups)]
    assert sum(len(models) for _, models in groups) == len(catalogue.models)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unchecked_reference_is_printed_nowhere(catalogue, language):
    model = catalogue.models[CASH]
    unchecked = [one.ref for one in model.legal_basis if one.status == "unverified"]
    assert unchecked
    read = "".join(text_of(Book(catalogue, [model], language, DAY)))
    assert all(ref.replace(" ", "") not in read for ref in unchecked)
    assert "农村集体经济组织会计制度" in read


def test_an_entry_says_what_a_handler_needs(catalogue):
    said = entry(catalogue.models[CASH], Speech(catalogue, "en"))
    lines = {section.title: section.lines for section in said.sections}
    limit = "cash limit a day: 1000 by default, allowed: 0 or more, changed by the county"
    assert limit in lines["Limits that can be set"]
    assert lines["What to check"][0] == "look at the vouchers listed and the signed receipts"
    assert "relief in remote villages — verdict: legitimate" in lines["What could be innocent"]
    body = "discipline inspection and supervision"
    assert lines["Who acts"] == (f"Handled by: {body}, township", f"Reviewed by: {body}, county")
    assert lines["Grades"] == ("▲ red　◆ yellow",)
    assert "Here" not in lines


def test_what_a_site_knows_of_a_model_is_printed_with_it(catalogue):
    here = {CASH: Here("not evaluable: vouchers are missing", "no verdict yet")}
    read = "".join(text_of(Book(catalogue, [catalogue.models[CASH]], "en", DAY, here=here)))
    assert "notevaluable:vouchersaremissing" in read
    assert "noverdictyet" in read


def test_the_query_is_not_in_the_book(catalogue):
    read = "".join(text_of(Book(catalogue, [catalogue.models[RENT]], "en", DAY)))
    assert "SELECT" not in read


def test_the_command_writes_the_models_asked_for(tmp_path, capsys):
    out = tmp_path / "book.pdf"
    assert main(["catalogue", "handbook", "--language", "en", "--out", str(out), RENT]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert "1 models" in capsys.readouterr().out


def test_the_command_refuses_a_model_that_does_not_exist(tmp_path, capsys):
    out = tmp_path / "book.pdf"
    assert main(["catalogue", "handbook", "--out", str(out), "no/model"]) != 0
    assert not out.exists()

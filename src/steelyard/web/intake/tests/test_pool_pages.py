import csv
import io

import pytest
from django.urls import reverse

from steelyard.web.audit.models import AuditEvent
from steelyard.web.intake import access, datasets, masking, queries
from steelyard.web.intake.conditions import HELD
from steelyard.web.intake.tests import made_runs as made
from steelyard.web.intake.tests import small_delivery as small

pytestmark = pytest.mark.django_db
MAY = ["steward", "chen", "du", "fang", "gu"]
MAY_NOT = ["qian", "zhou", "li", "shen", "ye", "tan", "admin", "jin"]


def pages(delivery):
    return [
        reverse("pool_status"),
        reverse("interface_detail", args=[small.INTERFACE]),
        reverse("delivery_detail", args=[delivery]),
        reverse("quarantine_list"),
        reverse("quarantine_export"),
    ]


@pytest.mark.parametrize("login", MAY)
def test_leaders_and_the_steward_see_the_pool(landed, intake, as_user, login):
    client = as_user(getattr(intake, login))
    assert {url: client.get(url).status_code for url in pages(landed.delivery)} == dict.fromkeys(
        pages(landed.delivery), 200
    )


@pytest.mark.parametrize("login", MAY_NOT)
def test_others_find_nothing_there(landed, intake, as_user, login):
    client = as_user(getattr(intake, login))
    assert {client.get(url).status_code for url in pages(landed.delivery)} == {404}


def test_strangers_are_asked_to_sign_in(landed, as_user):
    assert {as_user(None).get(url).status_code for url in pages(landed.delivery)} == {302}


def test_every_received_row_is_accounted_for(landed):
    totals = queries.totals(queries.interface_lines())
    assert totals["received"] == totals["admitted"] + totals["unchanged"] + totals["quarantined"] + totals["superseded"]
    assert totals["quarantined"] == queries.quarantine_count(queries.QuarantineFilter())[0] == 2


def test_coverage_counts_villages_of_the_register(landed):
    assert queries.village_coverage() == (2, 2)


def test_an_interface_that_never_delivered_says_so(intake, as_user):
    page = as_user(intake.steward).get(reverse("pool_status")).content.decode()
    assert "never connected" in page
    assert "nobody looked" in page


def test_quarantine_names_file_line_column_rule_and_value(landed, intake, as_user):
    page = as_user(intake.steward).get(reverse("quarantine_list")).content.decode()
    assert small.FILE in page
    assert "2026-02-30" in page
    assert "received_date" in page


def test_the_filter_narrows_and_can_be_dropped(landed, intake, as_user):
    page = as_user(intake.steward).get(reverse("quarantine_list"), {"rule": "no-such-rule"}).content.decode()
    assert "No row fits this filter." in page


def test_the_export_holds_no_formula_and_is_on_the_record(landed, intake, as_user):
    text = as_user(intake.steward).get(reverse("quarantine_export")).content.decode("utf-8-sig")
    cells = {cell for line in csv.reader(io.StringIO(text)) for cell in line}
    assert "'=1+1" in cells
    assert not any(cell.startswith("=") for cell in cells)
    assert AuditEvent.objects.filter(action="quarantine.exported").count() == 1


def test_the_line_behind_a_row_is_shown_with_persons_covered(landed, intake, as_user):
    url = reverse("row_source", args=[landed.delivery, 2])
    page = as_user(intake.steward).get(url).content.decode()
    assert "R1,L1,339921101201" in page
    assert small.NUMBER not in page
    assert small.PAYER not in page
    assert "张**" in page
    assert AuditEvent.objects.filter(action="delivery.row_read").count() == 1


@pytest.mark.parametrize("login", ["qian", "zhou", "chen", "li", "tan"])
def test_a_line_that_is_nobodys_evidence_is_not_found(landed, intake, as_user, login, monkeypatch):
    monkeypatch.setattr(access, "_rules", [])
    url = reverse("row_source", args=[landed.delivery, 2])
    assert as_user(getattr(intake, login)).get(url).status_code == 404


def test_quotes_in_a_delivered_name_uncover_nothing(hand_in, intake, as_user):
    made = hand_in(data=small.content(small.LINES[0], 'R1,L1,339921101201,2026-01-05,1.00,,"张""小""明"'))
    page = as_user(intake.steward).get(reverse("row_source", args=[made.delivery, 2])).content.decode()
    assert "R1,L1,339921101201" in page
    assert "张***" in page
    assert "小&quot;" not in page


def test_escapes_in_a_delivered_name_uncover_nothing():
    fields = {"name": "周小明", "number": small.NUMBER, "place": "五龙村"}
    line = masking.masked_line(r'{"name": "\u5468小明"}', fields, {"name": "name", "number": "number"})
    assert "小明" not in line
    assert "5468" not in line
    assert "五龙村" in line


def evidence_of(person):
    """A rule: row 2 of the small file is evidence for one person."""
    return lambda user, delivery, row, file: (
        small.FILE if (user, row) == (person, 2) and file in (None, small.FILE) else None
    )


def test_a_line_of_another_file_of_the_same_delivery_is_not_found(landed, intake, as_user, monkeypatch):
    monkeypatch.setattr(access, "_rules", [evidence_of(intake.zhou)])
    url = reverse("row_source", args=[landed.delivery, 2])
    client = as_user(intake.zhou)
    assert [client.get(url, {"file": name}).status_code for name in (small.FILE, "other.csv")] == [200, 404]


def test_a_line_is_open_to_whom_the_room_above_lets_in(landed, intake, as_user, monkeypatch):
    monkeypatch.setattr(access, "_rules", [evidence_of(intake.zhou)])
    urls = [reverse("row_source", args=[landed.delivery, row]) for row in (2, 3)]
    assert [as_user(intake.zhou).get(url).status_code for url in urls] == [200, 404]
    assert as_user(intake.qian).get(urls[0]).status_code == 404


def test_a_line_that_does_not_exist_is_not_found(landed, intake, as_user):
    assert as_user(intake.steward).get(reverse("row_source", args=[landed.delivery, 99])).status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_is_never_a_formula(cell):
    assert masking.for_spreadsheet(cell).startswith("'")


def test_html_in_a_delivered_value_stays_text(hand_in, intake, as_user):
    hand_in(data=small.content(small.LINES[0], "R1,L1,339921101201,<script>alert(1)</script>,1,,"))
    page = as_user(intake.steward).get(reverse("quarantine_list")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_quarantine_is_narrowed_by_what_became_of_a_row(landed, intake, as_user):
    made.execute("UPDATE engine.quarantine SET state = 'replayed' WHERE id = (SELECT min(id) FROM engine.quarantine)")
    found = {state: queries.quarantine_count(queries.QuarantineFilter(state=state))[1] for state in ("", *HELD)}
    assert found == {"": 2, "open": 1, "replayed": 1, "resolved": 0, "withdrawn": 0}
    client = as_user(intake.steward)
    page = client.get(reverse("quarantine_list"), {"state": "replayed"}).content.decode()
    assert page.count('<td data-label="Line number"') == 1
    assert "No row fits this filter." in client.get(reverse("quarantine_list"), {"state": "resolved"}).content.decode()


def test_what_was_noticed_about_a_delivery_is_told_in_words(hand_in, intake, as_user):
    came = hand_in(data=small.content(small.LINES[0] + ",新列", small.LINES[1] + ",x"))
    page = as_user(intake.steward).get(reverse("delivery_detail", args=[came.delivery])).content.decode()
    assert "Columns nobody agreed on: 新列" in page


def test_models_are_blind_only_inside_the_viewers_own_area(landed):
    model = datasets.needing("rent_receipt")[0].model.id
    run = made.insert("run", {"pool_version": 1, "as_of": "2026-11-22"})
    for code in ("339921000000", "900000000000", "510000000000"):
        made.execute("INSERT INTO engine.readiness VALUES (%s, %s, %s, 'not_evaluable', NULL)", run, model, code)

    def blind(within):
        return next(len(one.blind) for one in datasets.needing("rent_receipt", within) if one.model.id == model)

    assert {within: blind(within) for within in ("", "33", "339921", "50", "90")} == {
        "": 3, "33": 1, "339921": 1, "50": 0, "90": 1,
    }  # fmt: skip

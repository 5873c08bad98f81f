import pytest
from django.db import connection, transaction

from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases import actions
from steelyard.web.cases.context import ledger_sums
from steelyard.web.cases.models import Case, LedgerEntry
from steelyard.web.cases.tests import made_cases as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    case = made.rent_case()
    made.rectifying(case, cast)
    return case


def test_what_is_owed_enters_with_the_verdict(case):
    assert {row.kind: row.amount for row in case.ledger.all()}.keys() == {"involved", "recoverable"}
    assert ledger_sums(case)["outstanding"] == 1275000


def test_a_voucher_counts_once_in_the_whole_system(case, cast):
    made.recovered(case, cast, "1000", "V-9")
    with pytest.raises(WebError, match="voucher"):
        made.recovered(case, cast, "1000", "V-9")
    assert LedgerEntry.objects.filter(kind="recovered").count() == 1


def test_no_more_comes_back_than_is_owed(case, cast):
    with pytest.raises(WebError, match="recoverable"):
        made.recovered(case, cast, "1275000.01")


def test_money_that_arrived_needs_its_voucher(case, cast):
    with pytest.raises(actions.Incomplete):
        made.recovered(case, cast, "10", "")


def test_an_entry_is_corrected_by_its_counter_entry(case, cast):
    made.recovered(case, cast, "1000", "V-9")
    entry = LedgerEntry.objects.get(voucher="V-9")
    counter = actions.take_back(entry, by=cast.zhou, reason="booked twice")
    assert counter.amount == -entry.amount
    assert ledger_sums(case)["recovered"] == 0
    with pytest.raises(WebError):
        actions.take_back(entry, by=cast.zhou, reason="once more")
    with pytest.raises(NotAllowed):
        actions.take_back(entry, by=cast.chen, reason="not mine to take")


def test_new_income_is_never_recovered_money(case, cast):
    data = {"kind": "new_income", "amount": "250000", "date": "2026-04-01", "voucher": ""}
    actions.act(case, "ledger_entry", by=cast.zhou, data=data)
    sums = ledger_sums(case)
    assert (sums["new_income"], sums["recovered"], sums["outstanding"]) == (250000, 0, 1275000)


def test_the_ledger_is_append_only(case):
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_ledgerentry SET amount = 1")


def test_a_dated_plan_lets_the_case_be_accepted(case, cast):
    done = {"measures": ["recover"], **made.four(), "plan": "ten instalments", "plan_until": "2099-12-31"}
    actions.act(case, "report_rectified", by=cast.zhou, data=done)
    actions.act(case, "accept", by=cast.chen)
    assert Case.objects.get().inspection_due is not None

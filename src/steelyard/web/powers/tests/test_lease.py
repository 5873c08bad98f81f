import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction

from steelyard.kit.identifiers import make_resident_id
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs import clock
from steelyard.web.orgs.scope import NO_SCOPE, TenantQuerySet
from steelyard.web.powers import actions
from steelyard.web.powers.models import GateEvent, Matter, MatterStep, Payment, PowersEvent
from steelyard.web.powers.process import process, tier_of

pytestmark = pytest.mark.django_db
NUMBER = make_resident_id("339921", dt.date(1970, 5, 6), 12)


def lease(**given) -> dict:
    first = clock.today()
    return {
        "asset_id": "A-7", "asset_title": "North barren hill", "contract_type": "land", "party_name": "徐爱华",
        "party_number": NUMBER, "start_date": first, "end_date": first + dt.timedelta(days=1825),
        "annual_rent": "50000", "deposit": "8000",
    } | given  # fmt: skip


def started(cast, as_user, **given) -> Matter:
    page = as_user(cast.shen).post("/powers/new/", lease(**given))
    assert page.status_code == 302, page.content.decode()[:4000]
    return Matter.objects.latest("pk")


def step(client, matter, name, **given):
    numbers = {"eligible": 40, "attended": 33, "votes_for": 30, "document": f"M-{name}"}
    return client.post(f"/powers/{matter.number}/step/{name}/", {"day": clock.today()} | numbers | given)


def decided(cast, as_user, matter) -> None:
    for name in ("proposal", "joint_meeting", "party_meeting", "vote", "decision_public"):
        assert step(as_user(cast.shen), matter, name).status_code == 302, name


def approved(cast, as_user, matter) -> None:
    for user, name in ((cast.wang, "supervision"), (cast.li, "secretary"), (cast.he, "town")):
        assert step(as_user(user), matter, name).status_code == 302, name


def sign(client, matter, document="T-2026-1"):
    return client.post(f"/powers/{matter.number}/contract/", {"day": clock.today(), "document": document})


def pay(client, matter, amount="8000", payee="徐爱华"):
    return client.post(
        f"/powers/{matter.number}/payment/", {"amount": amount, "payee": payee, "purpose": "deposit back"}
    )


@pytest.mark.parametrize(
    ("yearly", "years", "tier"),
    [
        ("9999.99", "1", 1),
        ("10000", "1", 2),
        ("9000", "1.1", 2),
        ("100000", "5", 2),
        ("100000.01", "5", 3),
        ("50000", "6", 3),
    ],
)
def test_the_tier_follows_rent_and_term(yearly, years, tier):
    assert tier_of(Decimal(yearly), Decimal(years), process("lease")) == tier


def test_a_lease_goes_its_way_and_writes_its_rows(cast, as_user):
    matter = started(cast, as_user)
    decided(cast, as_user, matter)
    approved(cast, as_user, matter)
    assert sign(as_user(cast.li), matter).status_code == 302
    assert step(as_user(cast.shen), matter, "result_public").status_code == 302
    assert pay(as_user(cast.shen), matter).status_code == 302
    assert Payment.objects.get().amount == 8000
    datasets = list(PowersEvent.objects.values_list("dataset", flat=True))
    assert datasets.count("rent_receivable") == matter.plan.count() == 5
    assert {"village_decision", "village_disclosure", "village_approval", "village_contract", "seal_use",
            "village_voucher"} <= set(datasets)  # fmt: skip
    page = as_user(cast.shen).get(f"/powers/{matter.number}/").content.decode()
    assert "CNY 50,000" in page
    assert "Paid" in page


def test_a_payment_without_its_approval_is_refused_with_what_is_missing_and_put_on_record(cast, as_user):
    matter = started(cast, as_user)
    page = pay(as_user(cast.shen), matter)
    assert page.status_code == 409
    text = page.content.decode()
    assert "An approval is missing" in text
    assert "the village secretary signs and seals" in text
    assert not Payment.objects.exists()
    event = GateEvent.objects.get()
    assert event.missing == ["decision_complete", "approval_passed", "contract_signed", "result_published"]
    assert event.amount == 8000
    assert "An approval is missing" in as_user(cast.li).get(f"/powers/{matter.number}/").content.decode()


def test_money_goes_to_the_party_and_not_beyond_the_deposit(cast, as_user):
    matter = started(cast, as_user)
    decided(cast, as_user, matter)
    approved(cast, as_user, matter)
    sign(as_user(cast.li), matter)
    step(as_user(cast.shen), matter, "result_public")
    assert pay(as_user(cast.shen), matter, payee="李建国").status_code == 409
    assert pay(as_user(cast.shen), matter, amount="8000.01").status_code == 409
    assert pay(as_user(cast.shen), matter, amount="5000").status_code == 302
    assert pay(as_user(cast.shen), matter, amount="5000").status_code == 409


def test_nothing_is_sealed_before_the_decision(cast, as_user):
    matter = started(cast, as_user)
    assert sign(as_user(cast.li), matter).status_code == 409
    assert GateEvent.objects.get().gate == "seal"
    assert not matter.steps.filter(step="contract").exists()


def test_steps_come_in_order(cast, as_user):
    matter = started(cast, as_user)
    assert "An earlier step is missing" in step(as_user(cast.shen), matter, "vote").content.decode()


def test_each_step_belongs_to_its_role(cast, as_user):
    matter = started(cast, as_user)
    decided(cast, as_user, matter)
    for user in (cast.shen, cast.li, cast.zhou):
        assert step(as_user(user), matter, "supervision").status_code == 422
    assert not MatterStep.objects.filter(step="supervision").exists()


@pytest.mark.parametrize("counts", [(40, 41, 3), (40, 30, 31), (40, 10, 10), (40, 30, 15)])
def test_a_meeting_without_quorum_or_with_wrong_numbers_does_not_count(cast, as_user, counts):
    matter = started(cast, as_user)
    for name in ("proposal", "joint_meeting"):
        step(as_user(cast.shen), matter, name)
    eligible, attended, votes = counts
    answer = step(as_user(cast.shen), matter, "party_meeting", eligible=eligible, attended=attended, votes_for=votes)
    assert answer.status_code == 422


def test_a_day_in_the_future_is_refused_and_a_late_entry_needs_a_reason(cast, as_user):
    matter = started(cast, as_user)
    client, today = as_user(cast.shen), clock.today()
    assert step(client, matter, "proposal", day=today + dt.timedelta(days=1)).status_code == 422
    assert step(client, matter, "proposal", day=today - dt.timedelta(days=20)).status_code == 422
    assert step(client, matter, "proposal", day=today - dt.timedelta(days=20), note="flood").status_code == 302


def test_splitting_a_lease_does_not_lower_its_tier(cast, as_user):
    short = {"end_date": clock.today() + dt.timedelta(days=360), "annual_rent": "6000"}
    assert started(cast, as_user, **short).tier == 1
    assert started(cast, as_user, **short).tier == 2


def test_a_wrong_number_of_the_lessee_is_refused(cast, as_user):
    page = as_user(cast.shen).post(
        "/powers/new/", lease(party_number=NUMBER[:-1] + "0" if NUMBER[-1] != "0" else NUMBER[:-1] + "1")
    )
    assert page.status_code == 422
    assert "A digit is wrong" in page.content.decode()


def test_nobody_starts_a_lease_for_himself(cast, as_user):
    page = as_user(cast.shen).post("/powers/new/", lease(party_name=cast.shen.name))
    assert "cannot start a matter for yourself" in page.content.decode()


def test_the_lessees_number_is_sealed(cast, as_user):
    started(cast, as_user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM powers_matter m WHERE m::text LIKE %s", [f"%{NUMBER}%"])
        assert cursor.fetchone()[0] == 0


def test_who_sees_a_matter(cast, as_user):
    url = f"/powers/{started(cast, as_user).number}/"
    for user in (cast.shen, cast.wang, cast.li, cast.zhou, cast.he, cast.chen):
        assert as_user(user).get(url).status_code == 200, user.username
    assert as_user(cast.qian).get(url).status_code == 404
    assert as_user(cast.ye).get(url).status_code == 404
    assert as_user(cast.tan).get(url).status_code == 403
    assert as_user(None).get(url).status_code == 302


def test_row_security_holds_without_the_application(cast, as_user, monkeypatch):
    matter = started(cast, as_user)
    monkeypatch.setattr(TenantQuerySet, "visible_to", lambda self, user: self.all())
    assert as_user(cast.qian).get(f"/powers/{matter.number}/").status_code == 404
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE app_web")
        cast.qian.scope.apply()
        assert (Matter.objects.count(), PowersEvent.objects.count()) == (0, 0)
        NO_SCOPE.apply()


def test_steps_and_refusals_cannot_be_changed(cast, as_user):
    matter = started(cast, as_user)
    pay(as_user(cast.shen), matter)
    with pytest.raises(Exception, match="append-only"):
        GateEvent.objects.update(missing=[])


def test_waiting_rows_are_handed_over_once(cast, as_user):
    matter = started(cast, as_user)
    decided(cast, as_user, matter)
    pushed = []
    push = lambda dataset, key, rows: pushed.append((dataset, len(rows)))  # noqa: E731
    assert actions.hand_over(push) == 5
    assert actions.hand_over(push) == 0
    assert pushed == [("village_decision", 4), ("village_disclosure", 1)]


def test_a_push_that_fails_leaves_the_rows_waiting(cast, as_user):
    matter = started(cast, as_user)
    decided(cast, as_user, matter)

    def broken(dataset, key, rows):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        actions.hand_over(broken)
    assert PowersEvent.objects.filter(handed_over=None).count() == 5


def test_only_the_clerk_starts(cast, as_user):
    with pytest.raises(NotAllowed):
        actions.start_lease(
            actions.NewLease(**lease() | {"annual_rent": Decimal(1), "deposit": Decimal(0)}), by=cast.li
        )

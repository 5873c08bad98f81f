import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from steelyard.web.audit.models import AuditEvent
from steelyard.web.intake import jobs, queries
from steelyard.web.intake.models import Order, OrderState
from steelyard.web.intake.tests import small_delivery as small
from steelyard.web.orgs.actions import change_posts
from steelyard.web.orgs.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(intake):
    change_posts(intake.gu, ["steward"], by=intake.admin)
    return User.objects.get(pk=intake.gu.pk)


@pytest.fixture
def act(as_user, landed):
    def post(user, step, **more):
        return as_user(user).post(reverse("delivery_withdraw", args=[landed.delivery]), {"step": step} | more)

    return post


def state():
    return Order.objects.get().state


def page(client, delivery):
    return client.get(reverse("delivery_detail", args=[delivery])).content.decode()


def test_one_steward_asks_and_another_approves(landed, intake, second, act, as_user):
    act(intake.steward, "ask", reason="部门报错了月份")
    assert "部门报错了月份" in page(as_user(second), landed.delivery)
    assert queries.delivery(landed.delivery)["state"] == "accepted"
    act(second, "approve")
    jobs.fulfil(order_id=Order.objects.get().pk)
    assert state() == OrderState.DONE
    found = queries.delivery(landed.delivery)
    assert (found["state"], found["withdrawn_by"], found["withdrawn_approved_by"], found["withdrawn_why"]) == (
        "withdrawn", "steward", "gu", "部门报错了月份",
    )  # fmt: skip
    assert found["undone_in"] == found["pool_version"] + 1
    assert queries.quarantine_count(queries.QuarantineFilter())[0] == 0
    assert "部门报错了月份" in page(as_user(intake.chen), landed.delivery)
    acts = AuditEvent.objects.filter(action__startswith="delivery.withdrawal").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["delivery.withdrawal_asked", "delivery.withdrawal_approved"]
    order = as_user(second).get(reverse("order_detail", args=[Order.objects.get().pk])).content.decode()
    assert "3 rows went" in order


def test_nobody_approves_what_he_asked_for_himself(landed, intake, act):
    act(intake.steward, "ask", reason="wrong")
    act(intake.steward, "approve")
    assert state() == OrderState.ASKED
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(state=OrderState.WAITING, second=intake.steward)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(state=OrderState.WAITING)


def test_what_was_declined_or_dropped_is_not_done_and_can_be_asked_again(landed, intake, second, act):
    act(intake.steward, "ask", reason="wrong")
    act(second, "decline")
    assert state() == OrderState.DECLINED
    jobs.fulfil(order_id=Order.objects.get().pk)
    assert queries.delivery(landed.delivery)["state"] == "accepted"
    act(second, "approve")
    assert state() == OrderState.DECLINED
    act(intake.steward, "ask", reason="wrong all the same")
    act(intake.steward, "decline")
    assert list(Order.objects.values_list("state", flat=True)) == [OrderState.DECLINED, OrderState.DECLINED]


def test_it_is_asked_once_and_with_a_reason(landed, intake, second, act):
    act(intake.steward, "ask", reason=" ")
    assert not Order.objects.exists()
    act(intake.steward, "ask", reason="wrong")
    act(second, "ask", reason="wrong")
    assert Order.objects.count() == 1


@pytest.mark.parametrize("login", ["chen", "fang", "qian", "li"])
@pytest.mark.parametrize("step", ["ask", "approve"])
def test_nobody_but_stewards_withdraws(landed, intake, act, as_user, login, step):
    Order.objects.create(kind="withdraw", interface=small.INTERFACE, delivery=landed.delivery, by=intake.steward,
                         state="asked", reason="x")  # fmt: skip
    assert act(getattr(intake, login), step, reason="x").status_code == 404
    assert state() == OrderState.ASKED


def test_a_withdrawal_that_cannot_be_done_says_why(landed, intake, second, act):
    act(intake.steward, "ask", reason="wrong")
    act(second, "approve")
    order = Order.objects.get().pk
    jobs.fulfil(order_id=order)
    Order.objects.update(state=OrderState.WAITING)
    jobs.fulfil(order_id=order)
    failed = Order.objects.get()
    assert (failed.state, "withdrawn already" in failed.message) == (OrderState.FAILED, True)


def test_the_same_file_can_be_put_in_again(landed, intake, second, act, hand_in):
    act(intake.steward, "ask", reason="wrong")
    act(second, "approve")
    jobs.fulfil(order_id=Order.objects.get().pk)
    again = hand_in()
    assert again.delivery != landed.delivery
    assert again.receipts[0]["admitted"] == 3

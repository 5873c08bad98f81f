"""The queue "same or not": asked once, answered with a reason, by somebody whom it does not concern."""

import pytest
from django.urls import reverse

from steelyard import detect
from steelyard.engines.postgres import Role
from steelyard.identity import ties
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs.models import Kin
from steelyard.web.subjects import jobs, judging, reviews
from steelyard.web.subjects.models import Saying, State
from steelyard.web.subjects.tests.conftest import ZHANG

pytestmark = pytest.mark.django_db
QUEUE = "/subjects/review/"


def say(client, pair, verdict="same", reason="the same house, asked by telephone"):
    return client.post(reverse("review_judge", args=[pair]), {"verdict": verdict, "reason": reason})


def sensitive(world):
    """张三 holds an office: two persons are needed to call anybody him."""
    with world.database.transaction(Role.WORKER) as connection:
        connection.execute("INSERT INTO engine.sensitive_subject VALUES (%s, 'official')", [world.key(ZHANG)])


def test_the_queue_lists_the_pair_with_names_covered(asked, pair, as_user):
    page = as_user(asked.cast.steward).get(QUEUE).content.decode()
    assert reverse("review_item", args=[pair]) in page
    assert "张*" in page
    assert "张三" not in page


def test_a_pair_on_which_a_red_alert_waits_comes_first(asked, pair, as_user):
    with asked.database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.review_item (a, b, kind, probability, blocks_red) VALUES "
            "('s:x1', 's:x2', 'pair', 0.99, false), ('s:x3', 's:x4', 'pair', 0.9, true)"
        )
    listed, total = reviews.listed(asked.cast.steward, reviews.OPEN, limit=10)
    assert total == 3
    assert [one.a for one in listed][:2] == ["s:x3", "s:x1"]


def test_the_page_folds_what_is_equal_and_says_what_speaks_for_it(asked, pair, as_user):
    page = as_user(asked.cast.steward).get(reverse("review_item", args=[pair])).content.decode()
    assert "2 fields are equal" in page
    assert "Name</strong>: the same" in page
    assert "张三" not in page
    assert "relief1.csv" in page.replace("relief2.csv", "relief1.csv")


def test_delivered_rows_are_offered_to_those_who_may_open_them(asked, pair, as_user):
    pages = [
        as_user(one).get(reverse("review_item", args=[pair])).content.decode()
        for one in (asked.cast.steward, asked.cast.fang)
    ]
    assert ["/data/rows/" in page for page in pages] == [True, False]


def test_uncovering_needs_a_purpose_and_is_recorded(asked, pair, as_user):
    client, page = as_user(asked.cast.steward), reverse("review_item", args=[pair])
    client.post(reverse("review_open", args=[pair]), {"reason": ""})
    assert "张三" not in client.get(page).content.decode()
    client.post(reverse("review_open", args=[pair]), {"reason": "name must be compared in full"})
    assert "张三" in client.get(page).content.decode()
    assert AuditEvent.objects.filter(action="subject.opened", object_id=f"pair/{pair}").count() == 1


def test_a_judgement_is_carried_to_the_engine_and_the_question_is_not_asked_again(asked, pair, as_user, work_off):
    client = as_user(asked.cast.steward)
    assert say(client, pair).status_code == 302
    assert reviews.listed(asked.cast.steward, reviews.OPEN, limit=10)[1] == 0  # not even while the worker is busy
    work_off()
    assert Saying.objects.get().state == State.DONE
    assert asked.seen(sure=True)["1"] == asked.key(ZHANG)
    assert reviews.listed(asked.cast.steward, reviews.OPEN, limit=10)[1] == 0
    assert reviews.listed(asked.cast.fang, reviews.OPEN, limit=10)[1] == 0
    assert AuditEvent.objects.filter(action="identity_pair.judge", user_id=asked.cast.steward.pk).count() == 1


def test_a_job_that_runs_twice_judges_once(asked, pair, as_user, work_off):
    say(as_user(asked.cast.steward), pair)
    work_off()
    Saying.objects.update(state=State.WAITING)
    work_off()
    assert asked.one("SELECT count(*) FROM engine.judgement") == 1


def test_a_reason_is_needed_and_what_was_typed_is_kept(asked, pair, as_user):
    answer = say(as_user(asked.cast.steward), pair, reason=" ")
    assert answer.status_code == 422
    assert not Saying.objects.exists()


def test_the_second_of_two_reviewers_at_once_is_told(asked, pair, as_user):
    say(as_user(asked.cast.steward), pair)
    answer = say(as_user(asked.cast.fang), pair, verdict="different")
    assert "Somebody has said it already" in answer.content.decode()
    assert Saying.objects.count() == 1


def test_what_concerns_an_official_waits_for_another_person(asked, pair, as_user, work_off):
    sensitive(asked)
    say(as_user(asked.cast.steward), pair)
    work_off()
    assert asked.seen()["1"] is None
    assert [one.id for one in reviews.listed(asked.cast.steward, reviews.SECOND, limit=5)[0]] == [pair]
    page = as_user(asked.cast.steward).get(reverse("review_item", args=[pair])).content.decode()
    assert "another person must sign" in page
    assert reverse("review_sign", args=[pair]) not in page


def test_the_judge_cannot_sign_twice(asked, pair, as_user, work_off):
    sensitive(asked)
    say(as_user(asked.cast.steward), pair)
    work_off()
    as_user(asked.cast.steward).post(reverse("review_sign", args=[pair]))
    with pytest.raises(judging.AnotherPersonNeeded):
        judging.sign(pair, by=asked.cast.steward)
    assert Saying.objects.count() == 1
    # Nor under another account of his.
    asked.cast.fang.subject_key = asked.cast.steward.subject_key
    asked.cast.fang.save()
    with pytest.raises(judging.AnotherPersonNeeded):
        judging.sign(pair, by=asked.cast.fang)


def test_a_second_person_signs_and_it_counts(asked, pair, as_user, work_off):
    sensitive(asked)
    say(as_user(asked.cast.steward), pair)
    work_off()
    assert as_user(asked.cast.fang).post(reverse("review_sign", args=[pair])).status_code == 302
    work_off()
    assert asked.seen(sure=True)["1"] == asked.key(ZHANG)
    assert reviews.listed(asked.cast.steward, reviews.SECOND, limit=5)[1] == 0


def test_taking_back_needs_a_reason_and_asks_again(asked, pair, as_user, work_off):
    client = as_user(asked.cast.steward)
    say(client, pair)
    work_off()
    client.post(reverse("review_undo", args=[pair]), {"reason": ""})
    assert Saying.objects.count() == 1
    client.post(reverse("review_undo", args=[pair]), {"reason": "the house was another one"})
    work_off()
    assert asked.seen(sure=True)["1"] is None
    assert reviews.listed(asked.cast.steward, reviews.OPEN, limit=5)[1] == 1


@pytest.mark.parametrize("login", ["li", "zhou", "qian", "tan", "admin", "chen"])
def test_nobody_without_the_post_judges(asked, pair, as_user, login):
    client = as_user(getattr(asked.cast, login))
    assert client.get(QUEUE).status_code == 403
    assert client.get(reverse("review_item", args=[pair])).status_code == 403
    assert say(client, pair).status_code == 403
    with pytest.raises(NotAllowed):
        judging.judge(pair, verdict="same", reason="because", seen={}, by=getattr(asked.cast, login))


@pytest.mark.parametrize("reason", ["self", "kin"])
def test_whoever_is_one_of_the_two_or_his_relative_never_meets_the_pair(asked, pair, as_user, reason):
    Kin.objects.create(user=asked.cast.steward, subject_key=asked.key(ZHANG), reason=reason)
    client = as_user(asked.cast.steward)
    assert reverse("review_item", args=[pair]) not in client.get(QUEUE).content.decode()
    assert client.get(reverse("review_item", args=[pair])).status_code == 404
    assert say(client, pair).status_code == 404
    assert not Saying.objects.exists()
    assert AuditEvent.objects.filter(action="identity_pair.refused", user_id=asked.cast.steward.pk).count() == 2


def test_who_was_found_to_be_a_relative_meanwhile_judges_no_more(asked, pair, as_user, work_off):
    say(as_user(asked.cast.steward), pair)
    Kin.objects.create(user=asked.cast.steward, subject_key=asked.key(ZHANG), reason="kin")
    work_off()
    assert Saying.objects.get().state == State.FAILED
    assert asked.one("SELECT count(*) FROM engine.judgement") == 0


def test_a_pair_of_another_area_is_not_shown(asked, pair, as_user):
    with asked.database.transaction(Role.WORKER) as connection:
        connection.execute("UPDATE engine.source_record SET area_code = '110000000000'")
    assert reviews.item(asked.cast.steward, pair) is None
    assert as_user(asked.cast.steward).get(reverse("review_item", args=[pair])).status_code == 404


def test_every_look_is_recorded(asked, pair, as_user):
    as_user(asked.cast.steward).get(reverse("review_item", args=[pair]))
    found = AuditEvent.objects.get(action="identity_pair.read")
    assert (found.username, found.object_id) == ("steward", f"pair/{pair}")


def test_only_what_the_judgement_touched_is_looked_at_again(asked, pair, as_user, work_off, monkeypatch):
    looked = []

    def evaluate(pool, catalogue, database, keys, datasets):
        looked.append((keys, datasets))

    monkeypatch.setattr(detect, "evaluate_touched", evaluate)
    say(as_user(asked.cast.steward), pair)
    work_off()
    assert looked == [([asked.key(ZHANG)], ["relief"])]


def test_unsure_changes_nothing_and_lets_nobody_look(asked, pair, as_user, work_off, monkeypatch):
    monkeypatch.setattr(detect, "evaluate_touched", lambda *given: pytest.fail("nothing changed"))
    say(as_user(asked.cast.steward), pair, verdict="unsure")
    work_off()
    assert Saying.objects.get().state == State.DONE
    assert reviews.listed(asked.cast.steward, reviews.OPEN, limit=5)[1] == 0


def test_ties_are_made_whole_every_night_and_brought_up_to_date_after_a_judgement(
    asked, pair, as_user, work_off, monkeypatch
):
    built, deferred = [], []
    monkeypatch.setattr(ties, "build", lambda *given, full, **more: built.append(full))
    monkeypatch.setattr(jobs.refresh_ties, "defer", lambda: deferred.append(1))
    jobs.build_ties()
    jobs.refresh_ties()
    assert built == [True, False]
    say(as_user(asked.cast.steward), pair)
    work_off()
    assert deferred == [1]

import pytest
from django.db import connection, transaction
from django.urls import reverse

from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.alerts.tests.made_findings import raised, rent
from steelyard.web.cases import actions, queries
from steelyard.web.cases.acting import offers
from steelyard.web.cases.checker import check_workflow
from steelyard.web.cases.models import Case
from steelyard.web.cases.releases import current_release, follow_file
from steelyard.web.cases.routing import check_routing

SHIPPED = catalogue_folder() / "workflows" / "disposal.yaml"


@pytest.fixture
def copy(tmp_path):
    """Writes a changed copy of the shipped workflow: pairs of old and new text."""

    def write(*changes):
        text = SHIPPED.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "disposal.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def without(move):
    lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
    return next(line for line in lines if f"name: {move}," in line)


def rules(path):
    return {complaint.rule for complaint in check_workflow(path)}


def case_under(path):
    actions.release_workflow(path)
    raised(rent())
    actions.open_cases()
    return Case.objects.get()


def test_the_shipped_workflow_and_routes_are_without_complaint():
    assert check_workflow(SHIPPED) == []
    assert check_routing(SHIPPED.with_name("routing.yaml")) == []


@pytest.mark.django_db
def test_a_removed_move_disappears_from_buttons_verbs_and_trigger(copy, cast, as_user):
    case = case_under(copy((without("refuse"), "")))
    assert "refuse" not in {offer.move.name for offer in offers(case, cast.zhou)}
    page = as_user(cast.zhou).get(reverse("case_detail", args=[case.no]))
    assert b"act/refuse" not in page.content
    assert as_user(cast.zhou).get(reverse("case_act", args=[case.no, "refuse"])).status_code == 404
    with pytest.raises(actions.WrongState):
        actions.act(case, "refuse", by=cast.zhou, data={})
    step = (
        "INSERT INTO cases_step (case_id, no, user_id, actor, body_id, move, from_state, to_state, episode, payload, "
        "payload_sha256) VALUES (%s, 2, %s, 'handler', %s, 'refuse', 'awaiting_sign', 'opened', 1, '{}', 'x')"
    )
    with pytest.raises(Exception, match="not in the released workflow"), transaction.atomic():
        connection.cursor().execute(step, [case.pk, cast.zhou.pk, cast.zhou.body_id])


@pytest.mark.django_db
def test_a_renamed_state_works_without_a_change_of_code(copy, cast, as_user):
    path = copy(
        ("in_disposal", "at_work"),
        ("awaiting_sign", "on_the_desk"),
        ("zh: 处置中, en: in disposal", "zh: 办理中, en: being worked on"),
    )
    assert check_workflow(path) == []
    case = case_under(path)
    assert case.state == "on_the_desk"
    actions.act(case, "sign", by=cast.zhou)
    case = Case.objects.get()
    assert case.state == "at_work"
    assert b"being worked on" in as_user(cast.zhou).get(reverse("case_detail", args=[case.no])).content
    assert [one.kind for one in queries.waiting_for(cast.zhou)] == ["case"]


@pytest.mark.django_db
def test_an_open_case_keeps_the_workflow_it_was_opened_under(copy, cast):
    case = case_under(SHIPPED)
    actions.release_workflow(copy((without("refuse"), "")))
    assert "refuse" in {offer.move.name for offer in offers(Case.objects.get(pk=case.pk), cast.zhou)}


@pytest.mark.django_db
def test_a_changed_deadline_is_data(copy, cast):
    case = case_under(
        copy(("deadline: {red: 1wd, yellow: 3wd, blue: 5wd}", "deadline: {red: 2wd, yellow: 3wd, blue: 5wd}"))
    )
    assert queries.days_left(case, case.entered_at) == 2


def test_the_checker_sees_what_was_taken_away(copy):
    assert "second-review" in rules(copy(("guards: [grade_not_red, no_alert_true]", "guards: [no_alert_true]")))
    assert "reachable" in rules(copy((without("accept"), "")))
    assert "way-out" in rules(copy((without("inspect_pass"), ""), (without("inspect_fail"), "")))
    assert "closing" in rules(copy(("to: closed, by: [inspector]", "to: closed, by: [inspector, handler]")))
    assert "deadline" in rules(
        copy(("deadline: {red: 5wd, yellow: 5wd, blue: 10wd}", "deadline: {red: 5wd, blue: 10wd}"))
    )
    assert "separation" in rules(copy(("- {rule: different_org,    actors: [handler, reviewer]}", "")))
    assert "names" in rules(copy(("needs: [conclusion]", "needs: [crystal_ball]")))
    assert "order" in rules(copy(("{red: 1wd, yellow: 3wd, blue: 5wd}", "{red: 9wd, yellow: 3wd, blue: 5wd}")))


def test_a_complaint_names_file_and_line(copy):
    path = copy(("needs: [conclusion]", "needs: [crystal_ball]"))
    (complaint, *_more) = check_workflow(path)
    line = next(
        no for no, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "crystal_ball" in text
    )
    assert (complaint.file, complaint.line) == (str(path), line)


@pytest.mark.django_db
def test_a_workflow_with_complaints_is_not_released(copy, cast):
    with pytest.raises(actions.WorkflowRefused, match="second-review"):
        actions.release_workflow(copy(("guards: [grade_not_red, no_alert_true]", "guards: [no_alert_true]")))


@pytest.mark.django_db
def test_a_changed_file_comes_into_force_by_itself_and_a_broken_one_does_not(copy, cast, settings, tmp_path):
    path = copy((without("refuse"), ""))
    (tmp_path / "workflows").mkdir()
    path.rename(tmp_path / "workflows" / "disposal.yaml")
    settings.STEELYARD_CATALOGUE = tmp_path
    follow_file()
    assert not current_release().flows.filter(name="refuse").exists()
    (tmp_path / "workflows" / "disposal.yaml").write_text("states: [", encoding="utf-8")
    follow_file()
    assert current_release().flows.filter(name="sign").exists()

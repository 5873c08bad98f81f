"""The workbench: who may write, what is kept, what is done with it, and that folders come and go without loss."""

import io
import zipfile

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.detect.sandbox import dismiss_all
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.workbench.drafts import actions, carrying, folder
from steelyard.web.workbench.drafts.models import Does, DraftRun, DraftText, ModelDraft, RunState

pytestmark = pytest.mark.django_db
ID = "village-project/large-contract"
MAY_NOT = ["qian", "zhou", "chen", "du", "li", "tan", "ye", "he", "gu", "steward", "admin"]


@pytest.fixture(autouse=True, scope="module")
def leave_nobody_waiting():
    yield
    dismiss_all()


@pytest.fixture
def draft(cast):
    return actions.begin(ID, by=cast.fang)


def post(client, draft, **said):
    newest = draft.newest.files
    given = {"sql": newest["model.sql"], "yaml": newest["model.yaml"], "cases": newest["cases.yaml"], "number": 1}
    return client.post(reverse("draft_edit", args=[draft.pk]), {**given, **said})


@pytest.mark.parametrize("name", MAY_NOT)
def test_nobody_but_an_analyst_of_supervision_writes(name, cast, draft, as_user):
    person = getattr(cast, name)
    for page in (reverse("draft_list"), reverse("draft_edit", args=[draft.pk]), reverse("draft_words")):
        assert as_user(person).get(page).status_code == 403
    with pytest.raises(NotAllowed):
        actions.begin("a/b", by=person)


def test_strangers_are_asked_to_sign_in(draft, as_user):
    for page in (reverse("draft_list"), reverse("draft_edit", args=[draft.pk]), reverse("draft_words")):
        assert as_user(None).get(page).status_code == 302


def test_another_analyst_does_not_see_it(cast, draft, as_user, django_user_model):
    draft.by = cast.du
    draft.save(update_fields=["by"])
    assert as_user(cast.fang).get(reverse("draft_edit", args=[draft.pk])).status_code == 404
    assert as_user(cast.fang).get(reverse("draft_export", args=[draft.pk])).status_code == 404


def test_the_example_has_no_complaint_and_its_case_holds(cast, draft):
    checked = actions.do(draft.newest, Does.CHECK, {}, by=cast.fang)
    assert (checked.state, checked.answer) == (RunState.DONE, {"complaints": []})
    ran = actions.do(draft.newest, Does.CASES, {}, by=cast.fang)
    assert (ran.state, ran.answer) == (RunState.DONE, {"cases": 6, "failed": []})


def test_a_saved_text_is_a_new_version_and_the_old_one_stays(cast, draft, as_user):
    assert post(as_user(cast.fang), draft, sql="SELECT 1 AS a", do="").status_code == 302
    assert [one.number for one in DraftText.objects.filter(draft=draft)] == [2, 1]
    assert draft.newest.files["model.sql"] == "SELECT 1 AS a"


def test_who_saved_elsewhere_keeps_what_he_typed(cast, draft, as_user):
    client = as_user(cast.fang)
    post(client, draft, sql="SELECT 1 AS a", do="")
    page = post(client, draft, sql="SELECT 2 AS b", do="", number=1)
    assert page.status_code == 200
    assert "SELECT 2 AS b" in page.content.decode()
    assert draft.newest.number == 2


def test_a_hostile_text_is_told_its_rule_and_line(cast, draft, as_user):
    client = as_user(cast.fang)
    url = reverse("draft_check", args=[draft.pk])
    found = client.post(url, {"sql": "SELECT p.project_id\nFROM read_csv('/etc/passwd') AS p"}).json()["complaints"]
    assert [(one["file"], one["line"], one["rule"]) for one in found] == [("model.sql", 2, "sql-function")]
    assert found[0]["means"]


def test_a_look_at_data_needs_a_purpose_and_is_recorded(cast, draft, as_user):
    client = as_user(cast.fang)
    post(client, draft, do="try", purpose="")
    assert not DraftRun.objects.exists()
    post(client, draft, do="try", purpose="how often does it fire", sample="1000")
    assert DraftRun.objects.get().asked["sample"] == "1000"


def test_what_the_worker_found_is_shown_without_a_name(cast, draft, as_user, monkeypatch):
    run = actions.do(draft.newest, Does.TRY, {"sample": ""}, purpose="to see", by=cast.fang)
    answer = {
        "rows": 2, "counted_out": False, "grades": {"yellow": 2}, "columns": ["project_id", "grade"], "given": {"a": 9},
        "shown": [{"project_id": "text-1", "grade": "yellow"}], "complaints": [], "foreseen": {"rows": 9},
        "met": {"rows_read": 9, "peak_mb": 1, "steps": []}, "seconds": 0.1, "prepared_seconds": 0.1, "in_area": None,
        "pool_version": 3, "as_of": "2026-01-01",
    }  # fmt: skip
    monkeypatch.setattr(carrying, "_done", lambda run: answer)
    carrying.carry(run)
    page = as_user(cast.fang).get(reverse("draft_run", args=[run.pk])).content.decode()
    assert "2 findings" in page
    assert "text-1" in page
    assert as_user(cast.qian).get(reverse("draft_run", args=[run.pk])).status_code == 403


def test_a_refusal_is_an_answer(cast, draft, monkeypatch):
    run = actions.do(draft.newest, Does.TRY, {}, purpose="to see", by=cast.fang)

    def refuse(run):
        raise carrying.Refusal("limit-wall", "was stopped after 60 seconds: the query did not end")

    monkeypatch.setattr(carrying, "_done", refuse)
    carrying.carry(run)
    assert (run.state, run.answer["refused"]["rule"]) == (RunState.REFUSED, "limit-wall")


def test_the_words_for_completion_are_datasets_with_columns(cast, as_user):
    words = as_user(cast.fang).get(reverse("draft_words")).json()
    assert "contract_amount" in words["village_project"]["columns"]
    assert "relative_of" in words


def test_an_exported_folder_comes_back_as_it_was(cast, draft, as_user):
    client = as_user(cast.fang)
    packed = client.get(reverse("draft_export", args=[draft.pk])).content
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert sorted(opened.namelist()) == [f"{ID}/{name}" for name in ("cases.yaml", "model.sql", "model.yaml")]
    files = draft.newest.files
    post(client, draft, sql="SELECT 1 AS a", do="")
    upload = io.BytesIO(packed)
    upload.name = "folder.zip"
    assert client.post(reverse("draft_list"), {"folder": upload}).status_code == 302
    assert ModelDraft.objects.get().newest.files == files


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(("model.yaml", "model.sql", "cases.yaml"), TEXTS)))
def test_every_text_survives_the_zip(files):
    assert folder.unpacked(folder.packed(ID, files)) == (ID, files)


@pytest.mark.parametrize(
    "names",
    [["model.sql"], ["../model.yaml", "../model.sql", "../cases.yaml"],
     ["a/b/model.yaml", "c/d/model.sql", "a/b/cases.yaml"],
     ["a/b/model.yaml", "a/b/model.sql", "a/b/cases.yaml", "a/b/evil.py"]],
)  # fmt: skip
def test_what_is_no_folder_of_a_model_is_refused(names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packing:
        for name in names:
            packing.writestr(name, "x")
    with pytest.raises((folder.NotAFolder, folder.NoId)):
        folder.unpacked(out.getvalue())


def test_a_zip_that_grows_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
        for name in ("model.yaml", "model.sql", "cases.yaml"):
            packing.writestr(f"a/b/{name}", "x" * (3 << 20))
    with pytest.raises(folder.NotAFolder):
        folder.unpacked(out.getvalue())

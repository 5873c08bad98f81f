"""Fields beside model.yaml: what is changed in one lands in its place, and not a sign of the rest moves."""

import difflib
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steelyard.catalogue import load_catalogue
from steelyard.kit import yamlfile
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.workbench.drafts import actions, describing, folder

ID = "village-project/large-contract"
TEXT = folder.YAML.format(id=ID).replace("key: [project_id]", "key: [project_id]   # one finding a project")
MODELS = {
    one.id: (one.path / "model.yaml").read_text("utf-8") for one in load_catalogue(catalogue_folder()).models.values()
}
SIGNS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"]), min_size=1, max_size=60)


def written(text, **values):
    named = {describing.PREFIX + name.replace("__", "."): value for name, value in values.items()}
    return describing.write(text, named)


def changed_lines(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_of_the_catalogue_is_told_in_fields(model):
    about = describing.read(MODELS[model])
    said = {".".join(one.path): one.value for one in about}
    assert {"title.zh", "title.en", "purpose.zh", "purpose.en", "key", "grade.values", "disposal.handler.level",
            "disposal.handler.role", "disposal.reviewer.level"} <= set(said)  # fmt: skip
    assert describing.changed(MODELS[model], {one.name: one.value for one in about}) == {}


@pytest.mark.parametrize("model", MODELS)
def test_each_field_is_written_into_its_place_and_back(model):
    text = MODELS[model]
    for one in describing.read(text):
        if one.path[-1] in ("zh", "en", "role"):
            made = describing.write(text, {one.name: "Another: word, {so} #said"})
        elif one.path[-1] in ("key", "values"):
            made = describing.write(text, {one.name: "village_code, other"})
        else:
            continue
        assert len({line[0] for line in changed_lines(text, made)}) == 2
        assert describing.changed(text, {field.name: field.value for field in describing.read(made)}).keys() == {
            one.name
        }
        back = describing.write(made, {one.name: one.value})
        assert yamlfile.loads(back, Path("a")).data == yamlfile.loads(text, Path("a")).data


def test_a_comment_and_the_order_stay():
    made = written(TEXT, key="project_id, village_code", title__en="Large: contracts, again")
    assert changed_lines(TEXT, made) == [
        "- title: {zh: 新模型, en: New model}",
        "+ title: {zh: 新模型, en: 'Large: contracts, again'}",
        "- key: [project_id]   # one finding a project",
        "+ key: [project_id, village_code]   # one finding a project",
    ]


@settings(deadline=None, max_examples=60)
@example("+1")
@example("00")
@example("1.50")
@example("yes")
@example("null")
@example("2025-01-01")
@example("- a")
@example("#")
@given(SIGNS.map(str.strip).filter(bool))
def test_whatever_is_typed_is_read_again_as_it_was_typed(typed):
    made = written(TEXT, title__zh=typed, purpose__en=typed)
    said = {".".join(one.path): one.value for one in describing.read(made)}
    assert (said["title.zh"], said["purpose.en"]) == (typed, typed)
    rest = yamlfile.loads(made, Path("a")).data
    assert rest["title"]["zh"] == typed
    before = yamlfile.loads(TEXT, Path("a")).data
    assert {k: v for k, v in rest.items() if k not in ("title", "purpose")} == {
        k: v for k, v in before.items() if k not in ("title", "purpose")
    }


def test_a_limit_gets_a_bound_it_had_not():
    made = written(TEXT, parameters__least_amount__max="900000", parameters__least_amount__default="200000")
    assert yamlfile.loads(made, Path("a")).data["parameters"]["least_amount"] == {
        "type": "decimal", "default": 200000, "min": 1, "change_by": "county", "zh": "最低金额", "en": "least amount",
        "max": 900000,
    }  # fmt: skip


@pytest.mark.parametrize("number", ["1.50", "+3", "0", "-2.25"])
def test_a_bound_is_written_as_it_was_typed(number):
    made = written(TEXT, parameters__least_amount__min=number)
    assert f"min: {number}," in made
    assert yamlfile.loads(made, Path("a")).data["parameters"]["least_amount"]["min"] == float(number)


@pytest.mark.parametrize(
    "values",
    [{"title__zh": ""}, {"disposal__handler__level": "galaxy"}, {"nothing__here": "x"}, {"parameters__none__min": "1"}],
)
def test_what_has_no_place_is_refused(values):
    with pytest.raises(describing.CannotWrite):
        written(TEXT, **values)


@pytest.mark.parametrize("text", ["a: [", "", "[" * 5000, "a: &a [*a]\n", "title: x\n" * 9000, "title: {zh: *nobody}"])
def test_a_text_that_cannot_be_read_has_no_fields(text):
    about = describing.read(text)
    assert about is None or list(about) == []


@pytest.mark.django_db
def test_a_field_and_the_text_beside_it_are_both_kept(cast, as_user):
    draft = actions.begin(ID, by=cast.fang)
    files = draft.newest.files
    about = {one.name: one.value for one in describing.read(files["model.yaml"])}
    said = {
        "sql": files["model.sql"], "cases": files["cases.yaml"], "number": 1, "do": "",
        "yaml": files["model.yaml"].replace("freshness: P1D", "freshness: P2D"),
        **about, "about-title.en": "Contracts above the limit",
    }  # fmt: skip
    assert as_user(cast.fang).post(reverse("draft_edit", args=[draft.pk]), said).status_code == 302
    kept = draft.newest.files["model.yaml"]
    assert "Contracts above the limit" in kept
    assert "freshness: P2D" in kept
    assert len(changed_lines(files["model.yaml"], kept)) <= 8


@pytest.mark.django_db
def test_the_page_has_the_fields(cast, as_user):
    draft = actions.begin(ID, by=cast.fang)
    page = as_user(cast.fang).get(reverse("draft_edit", args=[draft.pk])).content.decode()
    assert 'name="about-title.en" value="New model"' in page
    assert 'name="about-parameters.least_amount.min" value="1"' in page

"""What is shown of the wrongs planted in made-up worlds: to whom, and what it does not claim."""

import pytest
from django.urls import reverse

from steelyard.detect import scores
from steelyard.kit.home import Home
from steelyard.web.workbench import shelf

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"
CASH = "village-fund/large-cash"
SPLIT = "village-project/split-below-threshold"
GONE = "village-asset/no-longer-here"
QUIET = "village-project/former-employer-contractor"


def tally(planted, found, raised, true, days=None):
    return {
        "planted": planted, "found": found, "raised": raised, "true": true, "days_to_alert_median": days,
        "dated": found if days else 0,
    }  # fmt: skip


def score(**otherwise):
    models = {RENT: tally(40, 40, 40, 40, 12.5), SPLIT: tally(10, 6, 8, 6), CASH: tally(0, 0, 5, 0)}
    figures = tally(50, 46, 53, 46, 12.5) | {
        "red_true": 30, "red_raised": 36, "yellow_true": 16, "yellow_raised": 17, "by_model": models,
        "by_scheme": {
            "rents": {"planted": 40, "found": 40, "models": [RENT], "title": {"zh": "租金", "en": "Rents kept"}},
            "builder": {"planted": 8, "found": 4, "models": [SPLIT, GONE], "title": {"zh": "施工", "en": "Builder"}},
            SPLIT: {"planted": 2, "found": 2, "models": [SPLIT], "title": None},
        },
    }  # fmt: skip
    return {
        "scale": "city", "seed": 7, "until": "2026-10-31", "villages": 2000, "pool_version": 3,
        "looked_on": "2026-11-01", "days_looked": 1, "scored_at": "2026-11-02T08:00:00+00:00", "catalogue": "abc",
        "versions": {RENT: "0.0.1", SPLIT: shelf.catalogue().models[SPLIT].version, QUIET: "1.0.0"}, "figures": figures,
    } | otherwise  # fmt: skip


@pytest.fixture
def home(settings, tmp_path):
    settings.STEELYARD_HOME = Home(tmp_path)
    return settings.STEELYARD_HOME


@pytest.fixture
def scored(home):
    scores.keep(home, score())
    return home


def page(client, **asked):
    answer = client.get(reverse("model_scores"), asked)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def model_page(client, model):
    return client.get(reverse("model_detail", args=[model])).content.decode()


@pytest.mark.parametrize("login", ["fang", "chen", "du", "steward"])
def test_those_who_keep_models_see_scores_and_find_them_in_the_menu(scored, cast, as_user, login):
    assert f'href="{reverse("model_scores")}" aria-current="page"' in page(as_user(getattr(cast, login)))


@pytest.mark.parametrize("login", ["qian", "zhou", "he", "ye", "li", "tan", "sun", "admin"])
def test_others_do_not(scored, cast, as_user, login):
    client = as_user(getattr(cast, login))
    assert client.get(reverse("model_scores")).status_code == 403
    assert reverse("model_scores") not in client.get(reverse("my_work")).content.decode()


def test_a_stranger_is_asked_to_sign_in(scored, as_user):
    assert as_user(None).get(reverse("model_scores")).status_code == 302


def test_without_a_score_the_page_says_which_command_makes_one(home, cast, as_user):
    said = page(as_user(cast.fang))
    assert "No score is kept here yet." in said
    assert "steelyard synth score --scale city --home CITY --seed 7 --keep-in HOME" in said


def test_the_page_says_which_world_it_was_and_what_it_does_not_prove(scored, cast, as_user):
    said = page(as_user(cast.fang))
    assert "Made-up city: 46 of 50 planted wrongs were found, 46 of 53 findings are right." in said
    for told in ("2,000 villages", "seed 7", "31 Oct 2026", "pool version 3"):
        assert told in said
    assert "How often real alerts are right, people" in said
    assert "The models looked on one day only" in said


def test_shares_come_with_intervals_and_goals(scored, cast, as_user):
    said = page(as_user(cast.fang))
    assert "goal 95 %: not reached" in said  # 92 % found
    assert "goal 90 %: not reached" in said  # 83 % of the red ones right
    assert "goal 80 %: reached" in said
    assert "30/36 · 95 % interval 68.1 % to 92.1 %" in said
    assert ">26.5<" in said  # alerts per 1,000 villages


def test_the_worst_model_comes_first_in_the_readers_words(scored, cast, as_user):
    said = page(as_user(cast.fang))
    first, second, third = (said.index(reverse("model_detail", args=[model])) for model in (CASH, SPLIT, RENT))
    assert first < second < third
    assert shelf.catalogue().models[SPLIT].title.en in said
    assert "2 models were measured; 1 found less than 90 %" in said
    assert "measured as version 0.0.1, now" in said


def test_a_model_without_planted_wrongs_is_not_measured_and_never_well(scored, cast, as_user):
    said = page(as_user(cast.fang))
    row = said[said.index(reverse("model_detail", args=[CASH])) :].split("</tr>")[0]
    assert "not measured" in row
    assert "100 %" not in row
    silent = said[said.index("further models are not measured") :].split("</details>")[0]
    assert reverse("model_detail", args=[QUIET]) in silent
    ready = [model for model in shelf.catalogue().models.values() if model.status == "ready"]
    assert silent.count("not measured</span>") == len(ready) - 3
    assert silent.count("its data are not made there") == len(ready) - 4
    assert "bg-green" not in said


def test_schemes_are_told_apart_from_wrongs_of_a_single_model(scored, cast, as_user):
    said = page(as_user(cast.fang))
    assert said.index("Builder") < said.index("Rents kept")
    assert GONE in said  # no longer in the catalogue, and still named
    assert "2 planted wrongs are part of no scheme" in said


def test_the_page_is_complete_in_chinese(scored, cast, as_user):
    client = as_user(cast.fang)
    client.cookies["steelyard_language"] = "zh-hans"
    said = page(client)
    assert "模拟市：预埋问题 50 个，查出 46 个；命中 53 条，其中正确 46 条。" in said
    for told in ("租金", "未测评", "目标 95 %：未达到", "每千村预警数"):
        assert told in said


def test_an_older_score_can_be_asked_for(scored, cast, as_user):
    newer = scores.keep(scored, score(scored_at="2026-11-05T08:00:00+00:00", seed=8))
    older = scores.kept(scored)[0][1].name
    client = as_user(cast.fang)
    assert "seed 8" in page(client).split('<form method="get" class="card')[0]
    assert "seed 7" in page(client, of=older).split('<form method="get" class="card')[0]
    assert "seed 8" in page(client, of="../" + newer.name).split('<form method="get" class="card')[0]


@pytest.mark.parametrize(("text", "why"), [("{", "is damaged"), ('{"recall": 1.0}', "by another version")])
def test_a_file_that_cannot_be_read_is_named_beside_the_others(scored, cast, as_user, text, why):
    (scored.scores / "20990101-city-1.json").write_text(text, encoding="utf-8")
    said = page(as_user(cast.fang))
    assert "scores/20990101-city-1.json" in said
    assert why in said
    assert "46 of 50 planted wrongs" in said


def test_a_models_own_page_has_its_figures_of_the_newest_score_that_measured_it(scored, cast, as_user):
    other = score(scored_at="2026-11-05T08:00:00+00:00")
    del other["figures"]["by_model"][RENT]
    scores.keep(scored, other)
    said = model_page(as_user(cast.fang), RENT)
    assert "40 of 40 planted wrongs found," in said
    assert "Made-up city, 2 Nov 2026" in said
    assert "Nothing was planted for it in any score kept here." in model_page(as_user(cast.fang), CASH)


@pytest.mark.parametrize("login", ["zhou", "he", "ye", "qian"])
def test_who_may_be_supervised_does_not_learn_there_what_is_missed(scored, cast, as_user, login):
    assert "planted" not in model_page(as_user(getattr(cast, login)), RENT)

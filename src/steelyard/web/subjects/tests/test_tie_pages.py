"""The relation explorer: as data, as text, under the rights and on the record of the subject's page."""

import datetime as dt

import pytest
from django.urls import reverse

from steelyard.contracts import load_contracts
from steelyard.engines.postgres import Role
from steelyard.identity import ties
from steelyard.identity.ties import making, store
from steelyard.identity.ties.tests.conftest import SmallPool
from steelyard.identity.ties.who import Who
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs.models import Kin
from steelyard.web.subjects import jobs
from steelyard.web.subjects.models import Opening
from steelyard.web.subjects.tests.conftest import LI, ZHANG

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 6, 30)


@pytest.fixture(scope="module")
def contracts():
    return load_contracts(catalogue_folder() / "contracts")


@pytest.fixture
def tied(asked, tmp_path, settings, contracts):
    """张三 is married to 李四, who leads 甲公司 since 2020; an agent files for him and for fifty-five others."""
    zhang, li = asked.key(ZHANG), asked.key(LI)
    (tmp_path / "pool of ties").mkdir()
    pool = SmallPool(tmp_path / "pool of ties", contracts)
    pool.put(
        "kinship",
        {"person_id": zhang, "relative_id": li, "relation": "spouse", "degree": 1, "confidence": 0.9},
    )
    years = {"from_date": "2020-01-01", "to_date": "2022-12-31"}
    pool.put("company_officer", {"company_id": "C1", "person_id": li, "role": "director"} | years)
    pool.put(
        "company_agent",
        *({"company_id": f"C{n}", "agent_person_id": "A1", "filed_date": "2024-01-01"} for n in range(1, 57)),
    )
    making.make(pool, Who.none(), store.folder(settings.STEELYARD_HOME), DAY, memory_mb=256)
    with asked.database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.subject (key, kind, name, tier) VALUES ('C1', 'company', '甲公司', 'T1'), "
            "('A1', 'person', '代小理', 'T1')"
        )
    asked.zhang, asked.li = zhang, li
    return asked


@pytest.fixture
def opened(tied, as_user):
    client = as_user(tied.cast.steward)
    client.post(reverse("subject_gate", args=[tied.zhang]), {"reason": "following the money of a complaint"})
    return client


def ask(client, world, name="subject_ties", **values):
    return client.get(reverse(name, args=[world.zhang]), values)


def data(client, world, **values):
    return ask(client, world, "subject_tie_data", **values).json()


def test_the_subject_page_lists_ties_by_kind_with_their_source(opened, tied):
    shown = opened.get(reverse("subject_detail", args=[tied.zhang])).content.decode()
    assert "spouse" in shown
    assert "李*" in shown
    assert "李四" not in shown


def test_the_list_works_without_script_and_leads_on(opened, tied):
    shown = ask(opened, tied).content.decode()
    assert f"?node={tied.li}" in shown
    shown = ask(opened, tied, node=tied.li).content.decode()
    assert "甲公司" in shown
    assert "director" in shown


def test_only_what_was_shown_may_be_expanded(opened, tied):
    assert ask(opened, tied, node="C1").status_code == 404
    assert ask(opened, tied, "subject_tie_data", node="C1").status_code == 404
    data(opened, tied, node=tied.zhang)
    data(opened, tied, node=tied.li)
    assert ask(opened, tied, node="C1").status_code == 200
    assert AuditEvent.objects.filter(action="subject.refused", details__why="not shown before").count() == 2


def test_the_data_are_those_of_the_page_with_names_covered(opened, tied):
    found = data(opened, tied)
    assert {node["label"] for node in found["nodes"]} == {"张*", "李*"}
    assert [(edge["kind"], edge["tier"]) for edge in found["edges"]] == [("kin", "T1")]


def test_a_day_and_kinds_narrow_the_ties(opened, tied):
    data(opened, tied)
    labels = {node["label"] for node in data(opened, tied, node=tied.li, as_of="2021-06-01")["nodes"]}
    assert "甲公司" in labels
    labels = {node["label"] for node in data(opened, tied, node=tied.li, as_of="2024-06-01")["nodes"]}
    assert "甲公司" not in labels
    assert data(opened, tied, node=tied.li, kind="ownership")["edges"] == []


def test_the_way_between_two_is_told_in_words_with_sources(opened, tied):
    data(opened, tied)
    data(opened, tied, node=tied.li)
    shown = ask(opened, tied, to="C1").content.decode()
    assert "张* —[spouse]→ 李* —[director]→ 甲公司" in shown
    assert "2020-01-01 – 2022-12-31" in shown
    assert "[kin]" not in shown  # the same marriage, read from its other end


def test_a_hub_is_shown_as_cut_with_its_count(opened, tied):
    for node in (tied.zhang, tied.li, "C1"):
        data(opened, tied, node=node)
    assert data(opened, tied, node="A1")["hubs"][0]["count"] == 56
    assert "56 ties of this kind" in ask(opened, tied, node="A1").content.decode()


def test_who_is_close_to_the_viewer_is_left_out(opened, tied):
    Kin.objects.create(user=tied.cast.steward, subject_key=tied.li, reason="kin")
    found = data(opened, tied)
    assert tied.li not in str(found)
    assert found["hidden"] == 1
    shown = ask(opened, tied).content.decode()
    assert tied.li not in shown
    assert "1 tie is not shown" in shown


def test_data_need_an_opening_like_the_page(tied, as_user):
    client = as_user(tied.cast.steward)
    assert ask(client, tied, "subject_tie_data").status_code == 302
    assert not Opening.objects.exists()


def test_every_look_and_every_picture_is_recorded(opened, tied):
    ask(opened, tied)
    data(opened, tied, node=tied.li)
    done = opened.post(reverse("subject_ties_exported", args=[tied.zhang]), {"form": "png", "nodes": "3"})
    assert done.status_code == 204
    read = AuditEvent.objects.filter(action="subject.ties_read", object_id=tied.zhang)
    assert [event.details["node"] for event in read.order_by("pk")] == [tied.zhang, tied.li]
    taken = AuditEvent.objects.get(action="subject.ties_exported")
    assert (taken.details["form"], taken.details["nodes"]) == ("png", 3)
    assert taken.details["reason"] == "following the money of a complaint"


@pytest.mark.parametrize("nodes", ["-1", "3.5", "nine", "9" * 5000])
def test_a_picture_of_no_possible_number_of_nodes_is_refused(opened, tied, nodes):
    done = opened.post(reverse("subject_ties_exported", args=[tied.zhang]), {"form": "png", "nodes": nodes})
    assert done.status_code == 422


def test_before_ties_were_built_the_page_says_so(asked, as_user):
    client, key = as_user(asked.cast.steward), asked.key(ZHANG)
    client.post(reverse("subject_gate", args=[key]), {"reason": "following the money of a complaint"})
    assert "not been worked out yet" in client.get(reverse("subject_ties", args=[key])).content.decode()


def test_the_worker_makes_ties_of_what_landed_and_leaves_them_where_nothing_changed(asked, settings):
    jobs.refresh_ties(timestamp=0)
    with ties.current(settings.STEELYARD_HOME) as kept:
        first = kept.made
    jobs.refresh_ties(timestamp=0)
    with ties.current(settings.STEELYARD_HOME) as kept:
        assert (kept.made.pool_version, kept.made) == (asked.pool.current().number, first)

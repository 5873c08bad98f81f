"""What Prometheus reads: for whoever has the token, in its own form, and without people."""

import re

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from steelyard.engines.postgres import Role
from steelyard.web.site import metrics

TOKEN = "a-token-of-the-operators"
LABELS = {"queue", "state", "kind", "model", "grade", "quantile", "step"}


@pytest.fixture
def opened(settings):
    settings.STEELYARD_METRICS_TOKEN = TOKEN
    return {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def ran(web_database, db):
    """One run of two models: of one second, and of three."""
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.run (id, as_of, pool_version, finished_at) VALUES (900002, '2025-06-30', 1, now())"
        )
        for wall in (1000, 3000):
            connection.execute(
                "INSERT INTO engine.run_model (run, model, model_version, scope, wall_ms) "
                "VALUES (900002, %s, '1.0.0', 'full', %s)",
                [f"field/model-{wall}", wall],
            )
    yield
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("DELETE FROM engine.run WHERE id = 900002")


def scraped(headers):
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(answer.content.decode())}


@pytest.mark.django_db
def test_without_a_token_in_the_settings_there_is_no_such_page(settings):
    settings.STEELYARD_METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_nobody_reads_figures_without_the_token(opened):
    assert Client().get("/metrics").status_code == 401
    assert Client().get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.django_db
def test_a_signed_in_inspector_is_no_operator(opened, cast, as_user):
    assert as_user(cast.qian).get("/metrics").status_code == 401


@pytest.mark.django_db
def test_the_official_parser_reads_every_figure(opened, ran):
    found = scraped(opened)
    assert set(found) == {figure.name for figure in metrics.FIGURES} | {"steelyard_scrape_seconds"}
    seconds = {
        (one.labels["model"], one.labels["quantile"]): one.value for one in found["steelyard_model_run_seconds"].samples
    }
    assert seconds["field/model-3000", "0.95"] == 3.0
    assert found["steelyard_run_age_seconds"].samples[0].value < 60


@pytest.mark.django_db
def test_labels_are_a_closed_set_and_carry_nothing_personal(opened, ran):
    for family in scraped(opened).values():
        assert family.documentation
        for sample in family.samples:
            assert set(sample.labels) <= LABELS
            assert all(re.fullmatch(r"[a-z0-9_./-]+", value) for value in sample.labels.values())


def test_every_figure_is_in_the_reference():
    from steelyard.kit.catalogue_folder import catalogue_folder

    text = (catalogue_folder().parent / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    for row in metrics.table():
        assert f"`{row['name']}`" in text

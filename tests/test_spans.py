"""One push is one trace through every process: pushed, waited for, taken up, evaluated, raised; so is one landing."""

import datetime as dt
import json
import shutil
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.cli.job_spans import job_spans
from steelyard.detect import texts
from steelyard.engines.postgres import Role
from steelyard.kit import tracing
from steelyard.kit.home import Home
from steelyard.kit.signature import sign
from steelyard.web.alerts import events
from steelyard.web.alerts.jobs import TAKE
from steelyard.web.intake import actions, landing
from steelyard.web.intake.tests import small_delivery as small

pytestmark = pytest.mark.django_db
MODEL = "ocds/r003-short-submission-period"
TENDERS = """
format: 1
id: agriculture/tenders
title: {zh: 招标, en: tenders}
feeds: [tender]
connector: push
auth: {kind: hmac, secret: '${STEELYARD_PUSH_KEY_AGRICULTURE}'}
columns: {tender_id: 编号, area_code: 区划, doc_from: 起, bid_deadline: 止}
"""
INTERFACE, SECRET = "agriculture/tenders", "a key of the department"
LONG = {"编号": "T1", "区划": "339921000000", "起": "2026-01-05 09:00:00", "止": "2026-03-05 09:00:00"}
SHORT = LONG | {"编号": "T2", "止": "2026-01-07 09:00:00"}


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    tracing.use(SimpleSpanProcessor(exporter))
    yield exporter
    tracing.stop()


@pytest.fixture
def way(web_database, settings, tmp_path, cast, monkeypatch):
    """The event path over an empty engine, with one interface and one model that raises alerts."""
    real = Path(settings.STEELYARD_CATALOGUE)
    folder = small.catalogue_with_interface(real, tmp_path / "catalogue")
    (folder / "models").unlink()
    shutil.copytree(real / "models" / MODEL, folder / "models" / MODEL)
    (folder / "interfaces" / f"{INTERFACE}.yaml").write_text(TENDERS.strip() + "\n", encoding="utf-8")
    settings.STEELYARD_CATALOGUE, settings.STEELYARD_HOME = folder, Home(tmp_path / "home").make()
    monkeypatch.setenv(small.PUSH_KEY, SECRET)
    # A push is committed by a thread of its own here; what else it would write outlives the test.
    monkeypatch.setattr(actions.handing_in.record, "write", lambda *_, **__: None)
    monkeypatch.setattr(actions.handing_in, "once", lambda *_, **__: None)
    small.empty(web_database)
    model = load_catalogue(folder).models[MODEL]
    with web_database.transaction(Role.WORKER) as opened:
        texts.keep(opened, model)
        opened.execute(
            "INSERT INTO engine.release (model, version, sha256, phase, valid_from, decided_by, reason) "
            "VALUES (%s, %s, %s, 'promoted', '2020-01-01', 'fang', 'because')",
            [MODEL, model.version, model.sha256],
        )
    yield events.Path.open()
    connection.close()
    small.empty(web_database)


def push(row, key):
    """As a department does; committed, so that other processes see it."""
    body = json.dumps({"rows": [row]}).encode()
    url = f"/api/v1/push/{INTERFACE}"
    signed = sign(SECRET, "POST", url, body, int(time.time()), INTERFACE, once=key)
    answers = []

    def send():
        answers.append(Client().post(url, body, content_type="application/json", headers=signed))
        connection.close()

    sender = threading.Thread(target=send)
    sender.start()
    sender.join()
    assert answers[0].status_code == 202, answers[0].content


def job(task, run):
    """As the worker runs it."""
    now = dt.datetime.now(dt.UTC)
    found = SimpleNamespace(id=900001, queue="events", task_name=task, scheduled_at=now - dt.timedelta(seconds=1))
    return job_spans(run, SimpleNamespace(job=found), None)


def look(way):
    return detect.run(way.pool, way.watcher.catalogue, way.keys.database, dt.date(2026, 2, 1))


def landed(way):
    """One tender landed and looked at, so that a push can be looked at by what it touches."""
    push(LONG, "first")
    way.take_up()
    job("intake.flush_inbox", lambda: landing.flush(INTERFACE))
    report = look(way)
    assert (report.failed, report.new) == ({}, 0)


def line(span, every):
    """Names from a span up to the one its trace begins with."""
    by_number = {one.context.span_id: one for one in every}
    names = [span.name]
    while span.parent:
        span = by_number[span.parent.span_id]
        names.append(span.name)
    return names


def test_one_push_is_one_trace_from_the_department_to_the_alert(way, spans):
    landed(way)
    spans.clear()
    push(SHORT, "second")
    assert job(TAKE, way.take_up) == 1
    every = spans.get_finished_spans()
    assert {one.context.trace_id for one in every} == {every[0].context.trace_id}
    by_name = {one.name: one for one in every}
    assert line(by_name["evaluation"], every) == ["evaluation", "job", "wait", "push"]
    assert line(by_name["alert"], every) == ["alert", "job", "wait", "push"]
    assert by_name["evaluation"].attributes["rows.out"] == 1
    assert by_name["alert"].attributes["rows.out"] == 1
    said = " ".join(str(dict(one.attributes)) for one in every)
    assert "T2" not in said


def test_every_push_of_one_look_has_its_own_trace(way, spans):
    landed(way)
    spans.clear()
    push(SHORT, "second")
    push(SHORT | {"编号": "T3"}, "third")
    assert job(TAKE, way.take_up) == 2
    every = spans.get_finished_spans()
    traces = {one.context.trace_id for one in every if one.name == "push"}
    assert len(traces) == 2
    for number in traces:
        assert {"push", "wait", "alert"} <= {one.name for one in every if one.context.trace_id == number}


def test_a_landing_is_a_trace_with_its_job_and_its_wait(way, spans):
    push(LONG, "first")
    spans.clear()
    job("intake.flush_inbox", lambda: landing.flush(INTERFACE))
    every = spans.get_finished_spans()
    [found] = [one for one in every if one.name == "landing"]
    assert line(found, every) == ["landing", "job", "wait"]
    assert found.attributes["interface"] == INTERFACE


def test_a_wait_began_when_the_job_was_asked_for(way, spans):
    job("intake.flush_inbox", lambda: None)
    [waited, ran] = spans.get_finished_spans()
    assert waited.end_time - waited.start_time >= 10**9
    assert ran.start_time >= waited.end_time


def test_a_job_that_fails_says_so_by_class_alone(way, spans):
    def fail():
        raise ValueError("330102199001011234")

    with pytest.raises(ValueError, match="3301"):
        job("intake.flush_inbox", fail)
    [ran] = [one for one in spans.get_finished_spans() if one.name == "job"]
    assert (ran.status.description, ran.events) == ("ValueError", ())


def test_without_an_exporter_nothing_is_asked_of_the_database(way, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert job(TAKE, lambda: 7) == 7

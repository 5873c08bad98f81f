"""Traces: off by default, exported where an operator says so, and silent about people."""

import datetime as dt
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from steelyard.kit import environment, tracing


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.use(SimpleSpanProcessor(exporter))
    yield exporter
    tracing.stop()


def test_without_the_setting_nothing_is_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tracing.SETTING, raising=False)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://203.0.113.9:4318")
    assert not tracing.start("tests")
    with tracing.span("evaluation", model="a/b") as say:
        say(rows_out=3)
    assert not tracing.on()


def test_with_the_setting_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tracing.SETTING, "http://127.0.0.1:1/v1/traces")
    assert tracing.start("tests")
    assert tracing.on()
    tracing.stop()


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tracing.SETTING, "collector:4318")
    with pytest.raises(environment.BadSetting, match="must be an address"):
        tracing.start("tests")


def test_a_span_tells_what_was_said_and_knows_its_parent(spans: InMemorySpanExporter) -> None:
    with tracing.span("job", queue="models"), tracing.span("evaluation", model="a/b") as say:
        say(rows_out=3)
    inner, outer = spans.get_finished_spans()
    assert dict(inner.attributes or {}) == {"model": "a/b", "rows.out": 3}
    assert inner.parent
    assert outer.context
    assert inner.parent.span_id == outer.context.span_id


def test_a_wait_began_when_it_began(spans: InMemorySpanExporter) -> None:
    then = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    with tracing.span("wait", since=then):
        pass
    [found] = spans.get_finished_spans()
    assert found.start_time == int(then.timestamp() * 1e9)


def test_an_error_leaves_its_class_and_no_message(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="330"), tracing.span("evaluation", model="a/b"):
        raise ValueError("330102199001011234 is no number")
    [found] = spans.get_finished_spans()
    assert (found.status.description, found.events) == ("ValueError", ())


def test_an_unknown_attribute_is_refused(spans: InMemorySpanExporter) -> None:
    with pytest.raises(tracing.NotTraceable, match="person is no attribute"), tracing.span("x", person="P1"):
        pass


def test_a_span_says_nothing_of_the_machine(spans: InMemorySpanExporter) -> None:
    with tracing.span("evaluation"):
        pass
    [found] = spans.get_finished_spans()
    assert dict(found.resource.attributes) == {"service.name": "steelyard"}
    assert "opentelemetry.sdk" in sys.modules

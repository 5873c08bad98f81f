"""Each model's evaluation is one span, which names the model and nobody."""

from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from steelyard import detect
from steelyard.detect.guards.tests.homely import FORMER, HomelyPool
from steelyard.detect.tests.small_pool import DAY
from steelyard.engines.postgres import Database
from steelyard.kit import tracing


def test_each_model_of_a_run_is_a_span(pool: HomelyPool, clean_engine: Database) -> None:
    exporter = InMemorySpanExporter()
    tracing.use(SimpleSpanProcessor(exporter))
    try:
        detect.run(pool, pool.catalogue, clean_engine, DAY, [FORMER])
    finally:
        tracing.stop()
    [span] = [one for one in exporter.get_finished_spans() if one.name == "evaluation"]
    said = dict(span.attributes or {})
    assert (said["model"], said["rows.out"], said["scope"]) == (FORMER, 1, "full")
    assert "PLI" not in str(said)


def test_each_model_of_a_run_leaves_what_it_cost(pool: HomelyPool, clean_engine: Database) -> None:
    detect.run(pool, pool.catalogue, clean_engine, DAY, [FORMER])
    with clean_engine.connect() as connection:
        row = connection.execute(
            "SELECT model, scope, rows_out, new_findings, rows_read, columns_read, wall_ms >= 0, failure, held "
            "FROM engine.run_model"
        ).fetchone()
    assert row == (FORMER, "full", 1, 1, 4, 13, True, "", False)


def test_a_micro_batch_that_says_nothing_leaves_no_cost(pool: HomelyPool, clean_engine: Database) -> None:
    detect.run(pool, pool.catalogue, clean_engine, DAY, [FORMER])
    detect.run(pool, pool.catalogue, clean_engine, DAY, [FORMER], kind="event")
    with clean_engine.connect() as connection:
        assert connection.execute("SELECT count(*) FROM engine.run_model").fetchone() == (1,)

"""OpenTelemetry traces: off, and without any network, until an operator names where they go.

A span says what was done, never about whom: only the attributes below exist, and their values are ids of the catalogue,
numbers and words of the code.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from steelyard.kit import environment

if TYPE_CHECKING:  # the kit is read by every command; the libraries cost a third of a second
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

P = ParamSpec("P")
R = TypeVar("R")
Value = str | int | float | bool
ATTRIBUTES = frozenset(
    {"interface", "model", "model.version", "scope", "rows.read", "rows.out", "units", "queue", "job", "task"}
)
SETTING = "STEELYARD_OTLP_ENDPOINT"

Origin = tuple[int, int]
"""Numbers of a trace and of the span it begins with."""

_provider: "TracerProvider | None" = None
_origin: ContextVar[Origin | None] = ContextVar("_origin", default=None)


class NotTraceable(ValueError):
    """A span would say something that no span may say."""


def start(service: str) -> bool:
    """Begin to export where the setting names an OTLP/HTTP address; else do nothing.  Returns whether it began."""
    endpoint = environment.text(SETTING, "")
    if not endpoint:
        return False
    if not endpoint.startswith(("http://", "https://")):
        raise environment.BadSetting(f"{SETTING} must be an address such as http://127.0.0.1:4318/v1/traces")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    use(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)), service)
    return True


def use(processor: "SpanProcessor", service: str = "steelyard") -> None:
    """Hand spans to a processor."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Numbers(RandomIdGenerator):
        """Numbers of spans: drawn, but for the first span of a trace that several processes know."""

        def generate_trace_id(self) -> int:
            origin = _origin.get()
            return origin[0] if origin else super().generate_trace_id()

        def generate_span_id(self) -> int:
            origin = _origin.get()
            _origin.set(None)
            return origin[1] if origin else super().generate_span_id()

    global _provider  # one a process, as the processes it describes
    stop()
    # Not Resource.create: that would add the command line and the machine's name.
    _provider = TracerProvider(
        resource=Resource({"service.name": service}), shutdown_on_exit=True, id_generator=Numbers()
    )
    _provider.add_span_processor(processor)


def stop() -> None:
    """Send what is left and be off again."""
    global _provider
    if _provider is not None:
        _provider.shutdown()
    _provider = None


def on() -> bool:
    """Whether spans go anywhere."""
    return _provider is not None


def origin(*said: object) -> Origin:
    """Numbers of a trace that every process works out for itself from what it knows of a thing, say a receipt.

    So a trace goes on behind a queue without anything being stored or handed on.
    """
    digest = hashlib.sha256(repr(said).encode()).digest()
    return int.from_bytes(digest[:16]) or 1, int.from_bytes(digest[16:24]) or 1


def here() -> Origin | None:
    """Numbers of the span this runs in; None outside of any."""
    if _provider is None:
        return None
    from opentelemetry import trace

    now = trace.get_current_span().get_span_context()
    return (now.trace_id, now.span_id) if now.is_valid else None


@contextmanager
def under(parent: Origin | None) -> Iterator[None]:
    """Spans of the block follow a span that has ended or lies in another process; None changes nothing."""
    if _provider is None or parent is None:
        yield
        return
    from opentelemetry import context, trace

    known = trace.SpanContext(*parent, is_remote=True, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED))
    token = context.attach(trace.set_span_in_context(trace.NonRecordingSpan(known), context.Context()))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def span(
    name: str, *, since: dt.datetime | None = None, begins: Origin | None = None, **said: Value
) -> Iterator[Callable[..., None]]:
    """A span around a block; call what is yielded to say more of it.  Underscores in names stand for dots.

    ``since``: it began earlier, for waiting is over when one comes to know of it.  ``begins``: it is the first of a
    trace with these numbers.  An error marks the span with the error's class alone: messages name keys.
    """
    if _provider is None:
        yield _nothing
        return
    from opentelemetry.trace import Status, StatusCode

    began = int(since.timestamp() * 1e9) if since else None
    tracer = _provider.get_tracer("steelyard")
    where = _nowhere() if begins else None
    _origin.set(begins)
    with tracer.start_as_current_span(
        name, context=where, start_time=began, record_exception=False, set_status_on_exception=False
    ) as current:

        def say(**more: Value) -> None:
            for key, value in more.items():
                current.set_attribute(_checked(key), value)

        say(**said)
        try:
            yield say
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def traced(name: str, about: Callable[..., dict[str, Value]]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A span around every call; ``about``: from the arguments what it says."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*given: P.args, **named: P.kwargs) -> R:
            with span(name, since=None, begins=None, **about(*given, **named)):
                return function(*given, **named)

        return call

    return wrap


def _nowhere() -> Any:
    from opentelemetry import context

    return context.Context()


def _nothing(**_said: Any) -> None:
    """Nobody listens."""


def _checked(key: str) -> str:
    name = key.replace("_", ".")
    if name not in ATTRIBUTES:
        raise NotTraceable(f"{name} is no attribute of a span; there are {', '.join(sorted(ATTRIBUTES))}")
    return name

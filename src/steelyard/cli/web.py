"""serve and worker: the processes of the web half; and how any command starts Django."""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from steelyard.cli.job_spans import job_spans
from steelyard.engines.postgres import Role
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.kit.priorities import give_way

ASKING = ("fetch", "ingest")
ACTING = ("models", "web", "clock")
EVENTS = ("events",)
QUEUES = (*ASKING, *ACTING, *EVENTS)
"""What jobs wait in.  Fetching and landing get a process of their own: a slow department holds up no deadline; and so
do pushes on their way to alerts, whose engine stays warm."""


class PortTaken(SteelyardError):
    """No free port was found."""


class NoSuchQueue(SteelyardError):
    """Jobs wait in named queues only."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="serve the web site and run its background jobs")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, default=8000, help="port; the next free one where it is taken")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="run background jobs alone")
    worker.add_argument("--queues", default=",".join(QUEUES), help="which queues to work on, separated by commas")
    worker.set_defaults(run=_worker)


def start_django(role: Role) -> None:
    """Load the web half in this process, signed in as ``role``.  The first call decides."""
    os.environ.setdefault("STEELYARD_ROLE", role.name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steelyard.web.site.settings")
    import django  # the engine's commands start without it

    django.setup()


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one of twenty."""
    for port in range(wanted, wanted + 20):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise PortTaken(f"Ports {wanted} to {wanted + 19} are all in use; choose one with --port")


def _environment(role: Role) -> dict[str, str]:
    return os.environ | {"STEELYARD_ROLE": role.name, "DJANGO_SETTINGS_MODULE": "steelyard.web.site.settings"}


def running_site(home: Home) -> int | None:
    """Process that serves this home now, None where none does."""
    try:
        pid = int((home.root / "site.pid").read_text())
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    except PermissionError:
        return pid
    return pid


@contextmanager
def site(host: str, port: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Web server and workers as children; all end with this block, also on Ctrl-C and SIGTERM."""
    web = [
        sys.executable, "-m", "gunicorn", "steelyard.web.site.wsgi", "--bind", f"{host}:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "12", "--timeout", "60",
        "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    children = [
        subprocess.Popen(web, env=_environment(Role.WEB), start_new_session=True),
        *(
            subprocess.Popen(
                [sys.executable, "-m", "steelyard.cli.main", "worker", "--queues", ",".join(queues)],
                env=_environment(Role.WORKER), start_new_session=True,
            )
            for queues in (ASKING, ACTING, EVENTS)
        ),
    ]  # fmt: skip
    signal.signal(signal.SIGTERM, _as_interrupt)
    mark = Home.from_environment().root / "site.pid"
    mark.write_text(str(os.getpid()))
    try:
        yield children
    finally:
        _end(children)
        mark.unlink(missing_ok=True)


def _as_interrupt(*_given: object) -> None:
    raise KeyboardInterrupt


def _end(children: list["subprocess.Popen[bytes]"]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not orphan what the first one ends
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(8)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(children: list["subprocess.Popen[bytes]"]) -> int:
    """Until one of the children ends; then the whole site ends with its code."""
    while True:
        for child in children:
            try:
                code = child.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
            return code


def _serve(given: argparse.Namespace) -> int:
    port = free_port(given.host, given.port)
    with site(given.host, port) as children:
        print(f"http://{given.host}:{port}/  (Ctrl-C ends it)", flush=True)
        return wait_for(children)


def _worker(given: argparse.Namespace) -> int:
    queues = [name for name in given.queues.split(",") if name]
    strange = sorted(set(queues) - set(QUEUES))
    if strange or not queues:
        raise NoSuchQueue(f"there is no queue {', '.join(strange) or 'named'}; there are {', '.join(QUEUES)}")
    if set(queues) <= set(ASKING):
        # A landing takes seconds or minutes whatever comes; a push must not wait for it.
        give_way()
    start_django(Role.WORKER)
    from procrastinate.contrib.django import app  # Django must be started first
    from procrastinate.contrib.django.django_connector import DjangoConnector

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(queues=queues, concurrency=1, task_middleware=[job_spans])
    return 0

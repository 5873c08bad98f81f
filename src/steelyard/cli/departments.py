"""serve and fault below `steelyard synth`: the made-up departments, and what goes wrong with them."""

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from steelyard import synth
from steelyard.cli.session import print_json
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.sources import load_interfaces
from steelyard.synth.departments import (
    CONTROL_FILE,
    Answer,
    Control,
    NoSuchFault,
    Province,
    Wish,
    ask,
    parse,
    possible,
    post_to,
    read_file,
    remove_servers,
)

FOLDER = "departments"


class DepartmentsRun(SteelyardError):
    """The made-up departments of this home run already."""


def add_below(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The two commands below `steelyard synth`."""
    serve = commands.add_parser("serve", help="offer every interface of the catalogue from a made-up county")
    serve.add_argument("--county", type=Path, help="folder of a county; default the demonstration's, else a new one")
    serve.add_argument("--seed", type=int, default=1, help="seed of a new county")
    serve.add_argument("--until", type=dt.date.fromisoformat, help="last day of a new county; default yesterday")
    serve.add_argument("--inbox", type=Path, help="where files are dropped; default the home's inbox")
    serve.add_argument("--env", type=Path, help="file for addresses and secrets; default departments/env in the home")
    serve.add_argument(
        "--secrets", action="store_true", help="put them into the home's folder of secrets too, while it runs"
    )
    serve.add_argument("--push", metavar="ADDRESS", help="site to push to once, such as http://127.0.0.1:8000")
    serve.add_argument("--fault", action="append", default=[], metavar="KIND[=CALLS]:ID", help="a fault from the start")
    serve.add_argument("--faults", type=Path, help="YAML file: interface to one kind or a list")
    serve.add_argument("--follow", action="store_true", help="end with the process that started this one")
    serve.add_argument("--no-mariadb", action="store_true", help="offer every database by PostgreSQL")
    serve.add_argument("--json", action="store_true", help="print what runs as JSON")
    serve.set_defaults(run=_serve)
    fault = commands.add_parser("fault", help="switch a fault of the running departments; without ID: what is on")
    fault.add_argument("interface", nargs="?", metavar="ID", help="interface that fails")
    fault.add_argument("kind", nargs="?", metavar="KIND", help="such as late, duplicated, errors-500")
    fault.add_argument("--off", action="store_true", help="switch it off; without KIND all of the interface")
    fault.add_argument("--times", type=int, help="for so many calls alone")
    fault.add_argument("--json", action="store_true", help="what is on, and what could be, as JSON")
    fault.set_defaults(run=_fault)
    push = commands.add_parser("push", help="let the running departments push to a site now")
    push.add_argument("address", help="base address of the site, such as http://127.0.0.1:8000")
    push.add_argument("--interface", default="", metavar="ID", help="one interface alone")
    push.add_argument("--json", action="store_true", help="every answer as JSON")
    push.set_defaults(run=_push)


def folder_of(home: Home) -> Path:
    """Where the departments of a home keep their servers and the file of their small door."""
    return home.root / FOLDER


def county_of(given: Path | None, home: Home, seed: int, until: dt.date | None) -> Path:
    """The county that was named, else the demonstration's, else one made for the departments."""
    if given is not None:
        if not (given / "manifest.json").is_file():
            raise SteelyardError(f"{given} holds no county; `steelyard synth --out {given}` makes one")
        return given
    shown, own = home.root / "demo" / "county", folder_of(home) / "county"
    for place in (shown, own):
        if (place / "manifest.json").is_file():
            return place
    synth.write_county(catalogue_folder(), seed, until or dt.date.today() - dt.timedelta(days=1), own)
    return own


def end_leftovers(home: Home) -> None:
    """Remove what departments of this home that were killed left behind.  Raises DepartmentsRun where they live."""
    process = serving(home)
    if process is not None:
        raise DepartmentsRun(f"the made-up departments of {home.root} run (process {process}); end them first")
    remove_servers(folder_of(home) / "servers")


def serving(home: Home) -> int | None:
    """Process of the departments that run for this home, None where none do."""
    try:
        pid = int(json.loads((folder_of(home) / CONTROL_FILE).read_text())["process"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError):
        return None
    return pid


@contextlib.contextmanager
def running(province: Province, home: Home, *, env: Path | None = None, secrets: bool = False) -> Iterator[Province]:
    """A started province with its door and its file of addresses; all of it is gone after the block."""
    file = env or folder_of(home) / "env"
    province.environment.write(file)
    written = province.environment.write_secrets(home.secrets) if secrets else []
    control = Control(folder_of(home), _orders(province))
    control.start()
    try:
        yield province
    finally:
        control.stop()
        # Addresses of servers that are gone would send the next fetch to whoever listens there then.
        for path in (*written, file):
            path.unlink(missing_ok=True)


def _orders(province: Province) -> Any:
    def told() -> dict[str, Any]:
        can = {name: sorted(possible(one)) for name, one in sorted(province.systems.interfaces.items())}
        return {"on": province.faults.told(), "possible": can}

    def order(name: str, said: Mapping[str, Any]) -> Any:
        if name == "fault":
            for wish in _wishes(province, said):
                province.faults.switch(wish, on=bool(said.get("on", True)))
            return told()
        if name == "push":
            return [vars(answer) for answer in province.push(post_to(str(said["address"])), str(said["interface"]))]
        raise SteelyardError(f"there is no order {name}")

    return order


def _wishes(province: Province, said: Mapping[str, Any]) -> list[Wish]:
    interface, kind, times = said.get("interface"), said.get("kind"), said.get("times")
    if not interface:
        return []
    if kind:
        wish = parse(f"{kind}:{interface}")
        return [Wish(wish.kind, wish.interface, times)]
    if said.get("on", True):
        raise NoSuchFault(f"which fault of {interface}? `steelyard synth fault ID KIND`")
    return [Wish(kind, interface) for kind in province.faults.of(interface)]


def _serve(given: argparse.Namespace) -> int:
    home = Home.from_environment().make()
    end_leftovers(home)
    wishes = [*(read_file(given.faults) if given.faults else []), *(parse(text) for text in given.fault)]
    county = county_of(given.county, home, given.seed, given.until)
    province = Province(
        load_interfaces(catalogue_folder() / "interfaces"), county, folder_of(home) / "servers",
        inbox=given.inbox or home.inbox, use_mariadb=not given.no_mariadb,
    )  # fmt: skip
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        province.start(wishes)
        with running(province, home, env=given.env, secrets=given.secrets):
            _introduce(province, given, given.env or folder_of(home) / "env")
            if given.push:
                _tell_answers(province.push(post_to(given.push)), sys.stderr)
            _wait(ended, follow=given.follow)
    finally:
        province.stop()
    return 0


def _wait(ended: threading.Event, *, follow: bool) -> None:
    parent = os.getppid()
    while not ended.wait(1.0):
        # A starter that was killed could not end us; our servers must not outlive it.
        if follow and os.getppid() != parent:
            return


def _introduce(province: Province, given: argparse.Namespace, env: Path) -> None:
    told = province.told() | {"env": str(env)}
    if given.json:
        print_json(told)
        sys.stdout.flush()
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in told["interfaces"].items())
    print(f"{told['departments']} departments offer {counts}; databases: {' and '.join(told['databases'])}")
    for note in told["notes"]:
        print(f"note: {note}")
    for name, kinds in told["faults"].items():
        print(f"fault: {name}: {', '.join(kinds)}")
    print(f"addresses and secrets: {env}   (set -a; . {env}; set +a)\nCtrl-C ends it", flush=True)


def _fault(given: argparse.Namespace) -> int:
    said = {"interface": given.interface, "kind": given.kind, "on": not given.off, "times": given.times}
    told = ask(folder_of(Home.from_environment()), "fault", said)
    if given.json:
        print_json(told)
        return 0
    for name, kinds in told["on"].items():
        print(f"{name}: {', '.join(kinds)}")
    if not told["on"]:
        print("no fault is on")
    return 0


def _push(given: argparse.Namespace) -> int:
    said = {"address": given.address, "interface": given.interface}
    found = [Answer(**answer) for answer in ask(folder_of(Home.from_environment()), "push", said)]
    if given.json:
        print_json([vars(answer) for answer in found])
    else:
        _tell_answers(found, sys.stdout)
    return 0 if all(200 <= answer.status < 300 for answer in found) else 1


def _tell_answers(answers: list[Answer], out: Any) -> None:
    for answer in answers:
        words = "" if 200 <= answer.status < 300 else f" {answer.text[:200]}"
        print(f"{answer.interface} {answer.key}: {answer.status}{words}", file=out, flush=True)

"""demo: a made-up county, real data where there is some, and the web site; all in one command."""

import argparse
import datetime as dt
import json
import resource
import shutil
import sys
import webbrowser
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from steelyard.cli.beside import departments
from steelyard.cli.database import migrate_if_changed
from steelyard.cli.ocds import import_files
from steelyard.cli.route import Journey, Say, open_pool, real_files, today_of, told, travel
from steelyard.cli.scoring import score_and_keep
from steelyard.cli.session import Session, print_json
from steelyard.cli.web import free_port, site, start_django, wait_for
from steelyard.engines.postgres import Address, Role, Server
from steelyard.identity import IdentityKeys, keys_of
from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError
from steelyard.synth import write_county
from steelyard.synth.departments import pushed_rows

SEED = 7


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("demo", help="set up and serve the demonstration")
    parser.add_argument("--once", action="store_true", help="do all the work, serve nothing")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("--port", type=int, default=8000, help="port of the site; the next free one where it is taken")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the made-up county")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.set_defaults(run=_demo)
    inner = parser.add_subparsers(dest="what", metavar="")
    code = inner.add_parser("code", help="print the current code of an account's second factor")
    code.add_argument("login", help="name of the account")
    code.set_defaults(run=_code)


def cast_file() -> Path:
    """The cast of the demonstration, beside the package's sources."""
    return Path(__file__).resolve().parents[3] / "demo" / "cast.yaml"


def faults_file() -> Path:
    """What is wrong with some departments of the demonstration, so that the board shows what trouble looks like."""
    return cast_file().with_name("faults.yaml")


def _demo(given: argparse.Namespace) -> int:
    def say(text: str) -> None:
        print(f"· {text}", file=sys.stderr if given.json else sys.stdout, flush=True)

    session = Session.open()
    with ExitStack() as ends:
        if Address.from_environment() is None:
            ends.callback(lambda: Server(session.home).stop())
        journey = _prepare(session, given.seed, say, ends)
        if given.json:
            print_json(told(journey))
        if given.once:
            return 0
        return _serve(session, given, say)


def _prepare(session: Session, seed: int, say: Say, ends: ExitStack) -> Journey:
    """All the work up to the site.  The departments run until ``ends`` closes."""
    journey = Journey()
    with journey.stage("database", say):
        migrate_if_changed(session)
    stamp = session.home.root / "demo" / "done.json"
    made = json.loads(stamp.read_text()) if stamp.exists() else {}
    wanted = {"seed": seed, "real_files": [file.name for file in real_files()]}
    if made.get("wanted") == wanted:
        journey.__dict__.update({name: made["journey"][name] for name in made["journey"] if name != "seconds"})
        say("the county stands already; `steelyard reset` begins anew")
        ends.enter_context(departments(_place(session), faults_file()))
        return journey
    with journey.stage("county", say):
        cast = _county(session, seed)
    # They load their databases while the real files are read.
    started = ends.enter_context(departments(_place(session), faults_file()))
    journey.real_files = _take_real_files(session, journey, say)
    with journey.stage("departments", say):
        _introduce_departments(started.wait(), say)
    travel(session, journey, say, lambda: _seed_people(session, cast), before=lambda: _push(session, journey))
    with journey.stage("score", say):
        found = score_and_keep(session, _place(session) / "truth.json").total
        say(f"{found.caught} of {found.expected} planted wrongs found, {found.true} of {found.found} findings right")
    journey.seconds["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stamp.write_text(json.dumps({"wanted": wanted, "journey": told(journey)}, default=str))
    return journey


def _place(session: Session) -> Path:
    """Folder of the demonstration's county."""
    return session.home.root / "demo" / "county"


def _county(session: Session, seed: int) -> dict[str, Any]:
    folder = _place(session)
    shutil.rmtree(folder, ignore_errors=True)
    write_county(session.catalogue, seed, until=today_of(session) - dt.timedelta(days=1), out=folder)
    return dict(json.loads((folder / "cast.json").read_text(encoding="utf-8")))


def _introduce_departments(told: Mapping[str, Any], say: Say) -> None:
    counts = ", ".join(f"{count} {kind}" for kind, count in told["interfaces"].items())
    say(f"{told['departments']} departments: {counts}; databases: {' and '.join(told['databases'])}")
    for note in told["notes"]:
        say(note)
    for name, kinds in told["faults"].items():
        say(f"something is wrong with {name}: {', '.join(kinds)} (`steelyard synth fault {name} --off` mends it)")


def _push(session: Session, journey: Journey) -> None:
    """What departments push, through the pool's own door: the site is not up yet."""
    pool, keys = open_pool(session), IdentityKeys(session.database)
    for interface, key, rows in pushed_rows(_place(session), pool.interfaces):
        journey.count(pool.push(interface, key, rows, assign=keys, received_on=today_of(session)))


def _take_real_files(session: Session, journey: Journey, say: Say) -> list[str]:
    files = real_files()
    if not files:
        say("no real procurement files: set STEELYARD_OCDS to a folder of OCDS files to add some")
        return []
    with journey.stage("real data", say):
        report = import_files(open_pool(session), IdentityKeys(session.database), files, today_of(session))
    journey.rows_landed += report["admitted"] + report["unchanged"]
    journey.rows_quarantined += report["quarantined"]
    return [file.name for file in files]


def _seed_people(session: Session, cast: dict[str, Any]) -> None:
    from steelyard.cli.orgs import take_over
    from steelyard.web.orgs import actions  # Django must be started first

    numbers = {login: person["id_number"] for login, person in cast["people"].items()}
    with session.database.transaction(Role.WORKER) as connection:
        keys = keys_of(connection, list(numbers.values()))
    actions.seed_cast(
        cast_file(),
        enterprise_code=cast["people"]["ye"]["body"]["code"],
        subject_keys={login: keys[number] for login, number in numbers.items() if number in keys},
    )
    actions.seed_duty(cast_file())
    take_over(session)  # again: now it is known whom each of them must stay away from


def _serve(session: Session, given: argparse.Namespace, say: Say) -> int:
    port = free_port("127.0.0.1", given.port)
    if port != given.port:
        say(f"port {given.port} is in use; taking {port}")
    address = f"http://127.0.0.1:{port}/"
    with site("127.0.0.1", port) as children:
        _introduce(address)
        if not given.no_browser and sys.stdout.isatty() and _has_screen():
            webbrowser.open(address)
        return wait_for(children)


def _has_screen() -> bool:
    try:
        return webbrowser.get() is not None
    except webbrowser.Error:
        return False


def _introduce(address: str) -> None:
    given = yamlfile.load(cast_file()).data
    print(f"\n  {address}   (Ctrl-C ends it)\n\n  password of every account: {given['password']}")
    print("  second factor:             .venv/bin/steelyard demo code NAME\n")
    for entry in given["people"]:
        print(f"  {entry['login']:8} {entry['zh']}  {entry['role_zh']} · {entry['role_en']}")
    print("\n  and one person on duty in each other body that alerts reach: see Accounts, signed in as admin")
    print("  villagers need no account; the tour: docs/start/README.md\n", flush=True)


def _code(given: argparse.Namespace) -> int:
    session = Session.open()
    session.database.exists()
    start_django(Role.WORKER)
    from steelyard.web.orgs.models import User  # Django must be started first
    from steelyard.web.orgs.second_factor import current_code

    user = User.objects.filter(username=given.login).first()
    if user is None:
        raise SteelyardError(f"there is no account {given.login}; make demo prints the names")
    print(current_code(user))
    return 0

"""`steelyard model release`: ask that a model enter a phase in an area, and decide it where others agree."""

import argparse
import datetime as dt

from steelyard.cli.model.asked import go_through, person, pool_of, said, started, tell
from steelyard.cli.opening import today
from steelyard.cli.session import Session

PHASES = ("draft", "shadow", "live-pilot", "promoted", "probation", "retired")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    release = commands.add_parser("release", help="a phase in an area: what it needs, and the decision")
    release.add_argument("model", metavar="MODEL", help="id of the model")
    release.add_argument("--phase", required=True, choices=PHASES, help="the phase it shall enter; draft puts back "
                         "a newer version that is watched beside the one that raises alerts")  # fmt: skip
    release.add_argument("--area", default="", metavar="CODE", help="leading digits of the area; left out: everywhere")
    release.add_argument("--since", type=dt.date.fromisoformat, metavar="DATE", help="from this day (default: today)")
    release.add_argument("--reason", required=True, help="why; it stays with the decision")
    release.add_argument("--by", required=True, help="who asks: the account of an analyst")
    release.add_argument(
        "--approved-by", action="append", default=[], metavar="NAME", help="who agrees; may be repeated"
    )
    release.add_argument("--privacy-read", action="store_true", help="the sensitive columns were looked through")
    release.add_argument("--backtest-read", action="store_true", help="the newest back-test was read")
    release.add_argument("--sign-losses", action="store_true", help="accept the confirmed alerts it lists as lost")
    release.add_argument("--successor", default="", help="of a model that retires: another id, or none")
    release.add_argument("--json", action="store_true", help="the request, its gates and what became of it as JSON")
    release.set_defaults(run=_release)
    agree = commands.add_parser("agree", help="agree to a request about a model, or refuse it")
    agree.add_argument("request", type=int, help="its number")
    agree.add_argument("--by", required=True, help="the account of who says so")
    agree.add_argument("--refuse", action="store_true", help="say no instead")
    agree.add_argument("--note", default="", help="a word on it; a refusal needs one")
    agree.add_argument("--json", action="store_true", help="the same as JSON")
    agree.set_defaults(run=_agree)


def _release(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import motions  # Django must be started first

    by, approvers = person(given.by), [person(name) for name in given.approved_by]
    declared = {
        "privacy_read": given.privacy_read, "backtest_read": given.backtest_read, "sign_losses": given.sign_losses,
        "successor": given.successor,
    }  # fmt: skip
    asked = said(
        motions.ask_release, given.model, phase=given.phase, area=given.area,
        since=given.since or today(pool_of(session)), reason=given.reason, by=by, declared=declared,
    )  # fmt: skip
    return tell(go_through(asked, by, approvers), as_json=given.json)


def _agree(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import carrying, motions  # Django must be started first
    from steelyard.web.workbench.models import Motion

    by = person(given.by)
    said(motions.refuse if given.refuse else motions.agree, given.request, note=given.note, by=by)
    carrying.carry(given.request)
    return tell(Motion.objects.get(pk=given.request), as_json=given.json)

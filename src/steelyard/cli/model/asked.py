"""What the commands that decide about models share: people with accounts, and the steps from asking to deciding."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.cli.two_people import require_accounts
from steelyard.cli.web import start_django
from steelyard.engines.postgres import Role
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Pool

if TYPE_CHECKING:
    from steelyard.web.orgs.models import User
    from steelyard.web.workbench.models import Motion


class NotAsked(SteelyardError):
    """What was asked cannot be done."""


def catalogue_of(session: Session) -> Catalogue:
    """The catalogue with the deployment's own models beside it."""
    return load_catalogue(session.catalogue, session.home.models)


def model_of(catalogue: Catalogue, name: str) -> SupervisionModel:
    """Raises NotAsked."""
    if name not in catalogue.models:
        raise NotAsked(f"there is no model {name}")
    return catalogue.models[name]


def pool_of(session: Session) -> Pool:
    return Pool.open(session.home, session.database, session.catalogue)


def person(name: str) -> "User":
    """An account by its login name.  Raises NoAccount."""
    require_accounts("--by and --approved-by", name)
    from steelyard.web.orgs.models import User  # Django must be started first

    return User.objects.get(username=name)


def said(verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    """A verb of the web half, its refusal as an error of a command, in the language commands speak."""
    from django.utils import translation  # Django must be started first

    from steelyard.web.audit.errors import WebError

    with translation.override("en"):
        try:
            return verb(*given, **more)
        except WebError as error:
            raise NotAsked(str(error)) from error


def go_through(motion: "Motion", by: "User", approvers: Sequence["User"]) -> "Motion":
    """From asking to deciding, as far as those named carry it; the worker does the same for the pages."""
    from steelyard.web.workbench import carrying, motions  # Django must be started first

    carrying.carry(motion.pk)
    motion.refresh_from_db()
    if motion.state != "shown" or motions.open_gates(motion) or not approvers:
        return motion
    said(motions.submit, motion.pk, by=by)
    carrying.carry(motion.pk)
    for one in approvers:
        said(motions.agree, motion.pk, by=one)
        carrying.carry(motion.pk)
    motion.refresh_from_db()
    return motion


def started(session: Session) -> None:
    """The web half in this process; its tables are there."""
    _ = session.database
    start_django(Role.WORKER)


def tell(motion: "Motion", *, as_json: bool) -> int:
    """What became of it; 1 where it is not decided as asked."""
    if as_json:
        print_json(
            {"request": motion.pk, "model": motion.model_id, "version": motion.version, "kind": motion.kind,
             "area": motion.area, "asked": motion.asked, "state": motion.state, "message": motion.message,
             "effect": motion.effect, "result": motion.result}
        )  # fmt: skip
    else:
        _print(motion)
    return 1 if motion.state in ("failed", "refused") or _gates_open(motion) else 0


def _gates_open(motion: "Motion") -> bool:
    from steelyard.web.workbench.motions import open_gates  # Django must be started first

    return motion.state == "shown" and bool(open_gates(motion))


def _print(motion: "Motion") -> None:
    print(f"request {motion.pk}: {motion.model_id} {motion.version}, {motion.area or 'everywhere'}: {motion.state}")
    for gate in motion.effect.get("gates") or ():
        if gate["id"] != "approvers":
            print(f"  {'shown    ' if gate['met'] else 'NOT SHOWN'}  {gate['en']}")
    if motion.effect.get("said"):
        print(f"  {motion.effect['said']['en']}")
        for one in motion.effect["by_area"]:
            print(f"    {one['area']} {one['name']}: {one['added']} more, {one['removed']} fewer, "
                  f"{one['regraded']} graded otherwise")  # fmt: skip
    if motion.message:
        print(f"  {motion.message}")
    if motion.result.get("routed"):
        print(f"  {motion.result['routed']} findings that were only watched have become alerts")
    if motion.state == "shown" and not _gates_open(motion):
        print("  nobody has agreed yet: name others with --approved-by, or submit it on its page")

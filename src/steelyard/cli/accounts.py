"""account and token: the first administrator of an installation, and machines' keys."""

import argparse
import getpass

from steelyard.cli.database import migrate_all
from steelyard.cli.session import Session
from steelyard.kit.errors import SteelyardError
from steelyard.kit.identifiers import is_resident_id, normal


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    account = commands.add_parser("account", help="make an account; the site does this for all later ones")
    account.add_argument("login", help="name to sign in with")
    account.add_argument("--name", required=True, help="name of the person")
    account.add_argument("--body", required=True, metavar="CODE", help="credit code of the body")
    account.add_argument(
        "--role", action="append", required=True, dest="roles", metavar="ROLE", help="a role; may be repeated"
    )
    account.set_defaults(run=_account)
    token = commands.add_parser("token", help="issue a key to the API that acts for an account")
    token.add_argument("login", help="account it acts for")
    token.add_argument("--label", required=True, help="what the key is for")
    token.add_argument("--days", type=int, default=90, help="days until it ends")
    token.set_defaults(run=_token)


def _account(given: argparse.Namespace) -> int:
    migrate_all(Session.open())
    from steelyard.web.orgs import actions  # Django must be started first
    from steelyard.web.orgs.models import Body
    from steelyard.web.orgs.words import NEED_IDENTITY

    body = Body.objects.filter(code=given.body).first()
    if body is None:
        raise SteelyardError(f"there is no body with the code {given.body}; land the register of bodies first")
    password = getpass.getpass("First password: ")
    number = normal(getpass.getpass("Identity number: ")) if NEED_IDENTITY & set(given.roles) else ""
    if NEED_IDENTITY & set(given.roles) and not is_resident_id(number):
        raise SteelyardError("roles on cases need the valid identity number of the person")
    actions.create_account(
        by=None, username=given.login, name=given.name, body=body, roles=given.roles, password=password, number=number
    )
    print(f"{given.login} can sign in; the second factor is set up at the first sign-in")
    return 0


def _token(given: argparse.Namespace) -> int:
    migrate_all(Session.open())
    from steelyard.web.orgs import actions  # Django must be started first
    from steelyard.web.orgs.models import User

    user = User.objects.filter(username=given.login).first()
    if user is None:
        raise SteelyardError(f"there is no account {given.login}")
    print(actions.issue_token(user, label=given.label, days=given.days))
    return 0

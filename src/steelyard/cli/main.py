"""`steelyard`: finds its commands in this folder; each module has ``add(commands)``."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import Protocol

import steelyard.cli
from steelyard.kit import tracing
from steelyard.kit.errors import SteelyardError

NOT_COMMANDS = {
    "asking", "beside", "departments", "job_spans", "main", "make_province", "opening", "progress", "receipts",
    "scoring", "session", "two_people",
}  # fmt: skip
HOME_OF = {
    "migrate": "database", "clock": "database", "backup": "database", "restore": "database", "reset": "database",
    "serve": "web", "worker": "web", "account": "accounts", "token": "accounts",
}  # fmt: skip
"""Module of a command whose name it does not bear; one command loads one module, so that it starts at once."""


class Command(Protocol):
    """A module of this folder: ``add`` registers its parsers and sets ``run`` on them."""

    def add(self, commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None: ...


def _modules(command: str | None) -> list[Command]:
    names = {found.name for found in pkgutil.iter_modules(steelyard.cli.__path__)} - NOT_COMMANDS
    home = HOME_OF.get(command or "", command)
    wanted = [home] if home in names else sorted(names)
    return [importlib.import_module(f"steelyard.cli.{name}") for name in wanted]


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The command line: of one command where it is known, else of all."""
    top = argparse.ArgumentParser(prog="steelyard", description="Steelyard 权衡: weighs public power.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _modules(command):
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.  Exit codes: 0 done, 1 the work found failures, 2 could not be done."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    given = parser(words[0] if words else None).parse_args(words)
    try:
        tracing.start(f"steelyard {given.command}")
        return int(given.run(given) or 0)
    except SteelyardError as error:
        if os.environ.get("STEELYARD_TRACEBACK"):
            raise
        print(f"steelyard: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away; nothing is wrong with the work.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    finally:
        tracing.stop()


if __name__ == "__main__":
    sys.exit(main())

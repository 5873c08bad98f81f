"""`steelyard model`: each module of this folder is one of its commands and has ``add(commands)``."""

import argparse
import importlib
import pkgutil

HELPERS = {"asked"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    nouns = commands.add_parser(
        "model", help="supervision models: try, release, limits by area, carry over"
    ).add_subparsers(required=True, metavar="COMMAND")
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if found.name not in HELPERS:
            importlib.import_module(f"{__name__}.{found.name}").add(nouns)

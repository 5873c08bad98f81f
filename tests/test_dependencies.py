"""What runs is installed by what a user installs: nothing is imported that only the tests bring."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONAL = {"pyspark", "recordlinkage", "igraph", "polars"}
"""A second engine and second opinions: imported where they are used, which says what to install where they lack."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(file: str) -> set[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return {normal(found) for found in re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)}


def imported() -> dict[str, str]:
    found = {}
    for file in (ROOT / "src" / "steelyard").rglob("*.py"):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found |= {name.split(".")[0]: str(file.relative_to(ROOT)) for name in names}
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names and name != "steelyard"}


def test_every_import_of_the_product_is_locked_to_run():
    owners = packages_distributions()
    installed = locked("requirements.txt")
    missing = {
        name: file
        for name, file in imported().items()
        if not {normal(owner) for owner in owners.get(name, [name])} & installed
    }
    assert missing.keys() <= OPTIONAL, missing


def test_what_runs_is_part_of_what_is_tested():
    assert locked("requirements.txt") <= locked("requirements-test.txt")

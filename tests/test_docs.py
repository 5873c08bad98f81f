"""What the documents name exists, and what exists is named in the reference."""

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import Resolver404, get_resolver, resolve

from steelyard.catalogue import load_catalogue
from steelyard.cli.main import parser
from steelyard.engines.postgres import Role

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SETTING = re.compile(r"STEELYARD_[A-Z]+(?:_[A-Z]+)*|DATABASE_URL")
PLACEHOLDERS = {"STEELYARD_INBOX"}
"""Written like a setting in interface files, where it stands for the inbox."""
# Put together here, so that this file does not name them itself.
FOREIGN = ["/".join(("", "work", "")), "/".join(("", "tmp", "plan")), "pypi" + ".org", "npm" + "js"]


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def code_of(document: Path, *, without: str = "") -> list[str]:
    """Code spans, and the lines of code blocks without their comments; ``without`` is a heading left out."""
    text = document.read_text(encoding="utf-8")
    if without:
        text = re.sub(rf"^## {without}$.*?(?=^## |\Z)", "", text, flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return [*spans, *(line.split("  #")[0].strip() for block in blocks for line in block.splitlines())]


def inner_of(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def commands(command: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for word, below in inner_of(command).items():
        yield f"{name} {word}", below
        yield from commands(below, f"{name} {word}")


def unknown_words(line: str) -> list[str]:
    """Words of a written command that the command line does not know."""
    command, strange = parser(), []
    for word in line.split():
        inner = inner_of(command)
        if word.startswith("--"):
            if word.split("=")[0] not in command._option_string_actions:
                strange.append(word)
        elif word in inner:
            command = inner[word]
        elif inner and command.get_default("run") is None:
            return [*strange, word]
    return strange


def settings_read() -> set[str]:
    """Every setting that a text of the product's code is the name of."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.fullmatch(node.value):
                found.add(node.value)
    return found | {f"STEELYARD_{role.name}_PASSWORD" for role in Role}


def addresses() -> set[str]:
    """Names of the site's pages, without the API's calls."""
    waiting, found = [get_resolver()], set()
    while waiting:
        for one in waiting.pop().url_patterns:
            if hasattr(one, "url_patterns"):
                if getattr(one, "namespace", None) != "api":
                    waiting.append(one)
            else:
                found.add(one.name)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_commands_and_options_that_exist(document: Path) -> None:
    written = [found[1] for line in code_of(document) if (found := re.search(r"(?:^|[/ ])steelyard ([a-z].*)", line))]
    assert {line: strange for line in written if (strange := unknown_words(line))} == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [one for one in links if ":" not in one and not (document.parent / one).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_addresses_that_answer(document: Path) -> None:
    """Addresses stand in code, between two strokes; a part in capitals or pointed brackets is anything."""
    strange = []
    for span in code_of(document):
        if re.fullmatch(r"/[a-z][\w/.-]*(?:/|\.json)", span):
            try:
                resolve(span)
            except Resolver404:
                strange.append(span)
    assert strange == []


def test_the_generated_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_reference_names_every_command() -> None:
    told = page("commands")
    assert [name for name, _parser in commands(parser(), "steelyard") if f"## {name}\n" not in told] == []


def test_the_reference_names_every_setting_and_no_other() -> None:
    told = set(SETTING.findall(page("settings"))) - PLACEHOLDERS
    assert told == settings_read() - PLACEHOLDERS


def test_documents_name_only_settings_that_are_read() -> None:
    named = {name for path in DOCUMENTS for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    # What an interface refers to is read by its name, which stands in the interface alone.
    places = [*(ROOT / "catalogue" / "interfaces").rglob("*.yaml"), *DOCUMENTS]
    referred = {name for path in places for name in re.findall(r"\$\{([A-Z_]+)\}", path.read_text(encoding="utf-8"))}
    assert {name.removesuffix("_FILE") for name in named} - settings_read() - PLACEHOLDERS - referred == set()


def test_the_reference_names_every_page() -> None:
    told = page("pages")
    assert sorted(name for name in addresses() if f"| `{name}` |" not in told) == []


def test_the_reference_names_every_model_and_dataset() -> None:
    catalogue = load_catalogue(ROOT / "catalogue")
    models, contracts = page("models"), page("contracts")
    assert [name for name in catalogue.models if f"| `{name}` |" not in models] == []
    assert [name for name in catalogue.contracts if f"| `{name}` |" not in contracts] == []


def test_documents_name_only_models_that_stand() -> None:
    """But for those of which a document says why they were not made."""
    models = load_catalogue(ROOT / "catalogue").models
    fields = "|".join(sorted({model.field for model in models.values()}))
    name = re.compile(rf"(?:{fields})/[a-z0-9-]+")
    named = {
        span for document in DOCUMENTS for span in code_of(document, without="Why not others") if name.fullmatch(span)
    }
    assert named - set(models) == set()


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    naming = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        naming += [f"{name}: {word}" for word in FOREIGN if word.encode() in content]
    assert naming == []

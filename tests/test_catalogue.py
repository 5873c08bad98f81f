"""The walk through the catalogue: every text is lawful, every case holds."""

from pathlib import Path

import pytest

from steelyard.catalogue import load_catalogue
from steelyard.catalogue.lint import check
from steelyard.contracts import load_contracts
from steelyard.detect.cases import run_cases
from steelyard.kit import yamlfile
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.yamlfile import Document

ROOT = catalogue_folder()


def test_the_lint_has_nothing_to_complain_of() -> None:
    assert [str(one) for one in check(ROOT).complaints] == []


def test_every_case_of_every_model_and_relation_holds() -> None:
    catalogue = load_catalogue(ROOT)
    report = run_cases(catalogue)
    assert [f"{one.where}: {one.why}" for one in report.failed] == []
    assert report.models == len(catalogue.models)
    assert report.cases >= 6 * report.models


@pytest.mark.parametrize("path", sorted((ROOT / "interfaces").glob("*/*.yaml")), ids=lambda path: path.stem)
def test_an_interface_feeds_contracts_that_exist(path: Path) -> None:
    contracts = load_contracts(ROOT / "contracts")
    document: Document = yamlfile.load(path)
    feeds = document.data["feeds"]
    named = feeds if isinstance(feeds, list) else list(feeds)
    assert {one if isinstance(one, str) else one["dataset"] for one in named} <= set(contracts)


def test_days_to_sign_shrink_with_the_grade() -> None:
    grades = load_catalogue(ROOT).vocabulary["grade"].terms
    days = [grades[name].more["sign_days"] for name in ("red", "yellow", "blue")]
    assert days == sorted(days)

"""Reach that a model declares: used where the SQL tells none, refused where the SQL tells another."""

from dataclasses import replace
from typing import Any

from steelyard.catalogue import SupervisionModel, load_catalogue
from steelyard.catalogue.reach import contradictions, derived_reach, reach_of, summary
from steelyard.kit.catalogue_folder import catalogue_folder

CATALOGUE = load_catalogue(catalogue_folder())
EMPLOYER = CATALOGUE.models["village-project/former-employer-contractor"]
LOOSE = (
    "SELECT p.contractor_id, o.person_id FROM village_project AS p"
    " JOIN official AS o ON TRIM(o.village_code) = TRIM(p.village_code)"
)


def model(reach: Any, sql: str = LOOSE) -> SupervisionModel:
    return replace(EMPLOYER, sql=sql, reach=reach)


def wrong(reach: Any, sql: str = LOOSE) -> list[str]:
    said = model(reach, sql)
    return [message for _, message in contradictions(derived_reach(said, CATALOGUE), said, CATALOGUE)]


def test_without_a_declaration_a_mention_has_no_route() -> None:
    assert reach_of(model(None), CATALOGUE).whole


def test_a_declared_way_leads_on_from_a_dataset_with_a_route() -> None:
    found = reach_of(model({"official": {"via": "village_project", "by": "village_code"}}), CATALOGUE)
    assert not found.whole
    assert summary(found)["official"] == ["official -> village_project (village_code = village_code): contractor_id"]


def test_every_entry_of_a_list_is_a_way() -> None:
    two = [{"via": "village_project", "by": "village_code"}, {"unit": {"contractor_id": "org_id"}}]
    found = reach_of(model({"official": two}), CATALOGUE)
    assert len(found.of("official")) == 2
    assert wrong({"official": two}) == []


def test_a_declaration_against_the_sql_is_an_error() -> None:
    assert "contradicts the SQL" in wrong({"village_project": {"unit": {"contractor_id": "village_code"}}})[0]
    assert wrong({"village_project": {"unit": {"contractor_id": "contractor_id"}}}) == []


def test_a_declaration_that_makes_no_sense_is_an_error() -> None:
    assert "does not read" in wrong({"bid": {"unit": {"contractor_id": "bidder_id"}}})[0]
    assert "needs unit" in wrong({"official": {"via": "official", "by": "village_code"}})[0]
    assert "needs unit" in wrong({"official": {"unit": {"contractor_id": "no_such_column"}}})[0]
    assert wrong(["official"]) == ["reach must be a map from datasets"]

"""The interfaces of all departments, walked through: everything from outside is fed, in every way departments know."""

import re

import pytest

from steelyard.contracts import load_contracts
from steelyard.contracts.checks import must_be_there
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.pool import mapping
from steelyard.sources import load_interfaces

OWN = {"access_audit", "alert", "clue_transfer", "disposal_action", "governance_item", "interface_log"}
"""What the platform itself writes; nobody delivers it."""


@pytest.fixture(scope="module")
def contracts():
    return load_contracts(catalogue_folder() / "contracts")


@pytest.fixture(scope="module")
def interfaces():
    return load_interfaces(catalogue_folder() / "interfaces")


def test_every_dataset_from_outside_is_fed(contracts, interfaces):
    fed = {feed.dataset for interface in interfaces.values() for feed in interface.feeds}
    assert set(contracts) - fed <= OWN
    assert fed <= set(contracts)


def test_there_are_as_many_interfaces_and_departments_as_a_county_has(interfaces):
    assert len(interfaces) >= 111
    assert len({interface.department for interface in interfaces.values()}) >= 20


def test_every_field_a_contract_needs_is_mapped(contracts, interfaces):
    assert mapping.complaints(contracts, interfaces) == []
    for interface in interfaces.values():
        for feed in interface.feeds:
            needed = [one.raw[0] for one in contracts[feed.dataset].columns.values()
                      if must_be_there(contracts[feed.dataset], one)]  # fmt: skip
            assert not feed.columns or set(needed) <= set(feed.columns), interface.id


def test_every_way_of_delivering_is_in_use(interfaces):
    listed = list(interfaces.values())
    assert {one.connector for one in listed} >= {"file", "sftp", "sql", "rest", "push"}
    formats = {one.file_format for one in listed if one.connector in ("file", "sftp")}
    assert formats >= {"csv", "xlsx", "json", "jsonl", "parquet", "zip", "ocds"}
    assert {one.paging.kind for one in listed if one.connector == "rest"} == {"none", "page", "offset", "cursor"}
    proofs = {one.auth.kind for one in listed if one.connector == "rest"}
    assert proofs == {"none", "bearer", "api-key", "hmac", "oauth2"}
    assert {one.fetch.by for one in listed if one.connector == "sql"} == {"full", "watermark"}


def test_the_forms_of_files_are_those_offices_use(interfaces):
    files = [one for one in interfaces.values() if one.connector in ("file", "sftp")]
    assert {"gb18030", "utf-8"} <= {one.options.encoding for one in files}
    assert any(one.options.delimiter == "\t" for one in files)
    assert any(len(one.options.headings) == 2 for one in files)
    assert any(one.options.sheet == "*" for one in files)
    assert any(one.options.footers for one in files)


def test_some_datasets_come_in_several_ways_and_some_interfaces_bring_several(interfaces):
    ways = {}
    for interface in interfaces.values():
        for feed in interface.feeds:
            ways.setdefault(feed.dataset, set()).add(interface.connector)
    assert {"push", "file"} <= ways["subsidy_payment"]
    assert {"sftp", "rest"} <= ways["village_bank_txn"]
    assert sum(len(one.feeds) > 1 and one.file_format != "ocds" for one in interfaces.values()) >= 3


def test_a_register_that_sends_changes_says_how(contracts, interfaces):
    for interface in interfaces.values():
        for feed in interface.feeds:
            if contracts[feed.dataset].mode == "changes":
                assert interface.operation, interface.id
                assert set(interface.operations.values()) == {"upsert", "delete"}, interface.id


def test_no_secret_and_no_address_stands_in_a_file(interfaces):
    for interface in interfaces.values():
        auth = interface.auth
        for value in (interface.location.address, auth.secret, auth.certificate, auth.host_key):
            assert not value or re.fullmatch(r"\$\{STEELYARD_[A-Z0-9_]+\}", value), interface.id


def test_whoever_is_asked_is_asked_on_a_schedule(interfaces):
    asked = [one for one in interfaces.values() if one.connector in ("sql", "rest", "sftp")]
    without = [one.id for one in asked if not one.schedule]
    assert without == ["bank/accounts"], "accounts are asked for case by case, everything else comes by itself"

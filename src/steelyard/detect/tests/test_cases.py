# ruff: noqa: E501  # a case stands on one line, as its author would write it
"""Outside cases are a contract: whatever an author may write in the documented form is understood."""

from pathlib import Path
from textwrap import dedent

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.cases import CaseReport, run_cases
from steelyard.kit.catalogue_folder import catalogue_folder

RENT = "village-asset/rent-receivable-unpaid"
FORMER = "village-project/former-employer-contractor"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


def outside(tmp_path: Path, catalogue: Catalogue, model: str, text: str) -> CaseReport:
    path = tmp_path / model / "cases.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(dedent(text), encoding="utf-8")
    return run_cases(catalogue, outside=tmp_path)


LEASE = """
    model: village-asset/rent-receivable-unpaid
    defaults:
      given:
        village_contract:
        - {contract_id: 7, village_code: '330784103205', asset_id: A1, party_id: 91330000, start_date: 2023-01-01, status: active}
    cases:
"""


def test_ids_without_quotes_amounts_as_text_and_no_region_are_understood(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, RENT, LEASE + """
    - name: unquoted
      kind: positive
      why: the default day is 2025-06-30
      given:
        rent_receivable: [{contract_id: 7, village_code: '330784103205', due_date: '2025-01-01', amount_due: '20000.00'}]
        rent_receipt: []
      expect: [{contract_id: 7, party_id: '91330000', overdue: 20000, days_overdue: 180, oldest_due_date: 2025-01-01, grade: red}]
    """)  # fmt: skip
    assert (report.models, report.cases, report.failed, report.missing) == (1, 1, [], [])


def test_parameters_and_overrides_change_the_outcome(tmp_path: Path, catalogue: Catalogue) -> None:
    row = "{contract_id: 7, village_code: '330784103205', due_date: 2025-06-25, amount_due: 20000}"
    report = outside(tmp_path, catalogue, RENT, LEASE + f"""
    - {{name: default-grace, given: {{rent_receivable: [{row}]}}, expect: []}}
    - {{name: shorter-grace, params: {{grace_days: 3}}, given: {{rent_receivable: [{row}]}}, expect: [{{grade: yellow}}]}}
    - {{name: county, overrides: [{{area: '330784', set: {{grace_days: 3}}}}], given: {{rent_receivable: [{row}]}}, expect: [{{grade: yellow}}]}}
    - {{name: twelve-digits, overrides: [{{area: '330784000000', set: {{grace_days: 3}}, from: 2025-01-01}}], given: {{rent_receivable: [{row}]}}, expect: [{{grade: yellow}}]}}
    - {{name: other-county, overrides: [{{area: '330182', set: {{grace_days: 3}}}}], given: {{rent_receivable: [{row}]}}, expect: []}}
    - {{name: longest-prefix-wins, overrides: [{{area: '330784', set: {{grace_days: 3}}}}, {{area: '33', set: {{grace_days: 90}}}}], given: {{rent_receivable: [{row}]}}, expect: [{{grade: yellow}}]}}
    - {{name: without-a-list, overrides: {{area: '330784', set: {{grace_days: 3}}}}, given: {{rent_receivable: [{row}]}}, expect: [{{grade: yellow}}]}}
    - {{name: over, overrides: [{{area: '33', set: {{grace_days: 3}}, to: 2025-06-29}}], given: {{rent_receivable: [{row}]}}, expect: []}}
    """)  # fmt: skip
    assert report.failed == []
    assert report.cases == 8


def test_derived_relations_are_computed_from_the_base_datasets_given(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, RENT, LEASE + """
    - name: brother
      given:
        rent_receivable: [{contract_id: 7, village_code: '330784103205', due_date: 2025-05-01, amount_due: 3000}]
        official: [{person_id: P1, org_id: V, village_code: '330784103205', position: party_secretary, from_date: 2020-01-01}]
        kinship: [{person_id: P1, relative_id: P2, relation: sibling, degree: 1, confidence: 1.0, from_date: 1980-01-01}]
        company: [{company_id: 91330000, legal_rep_id: P2}]
        appeal: [{appeal_id: X, filed_time: '2025-01-01 09:00:00', anonymous: false}]
      expect: [{debtor_link: P1, grade: red}]
    """)  # fmt: skip
    assert report.failed == []


def test_a_month_and_blank_text_are_understood_as_the_pool_would_hold_them(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    report = outside(tmp_path, catalogue, FORMER, """
    cases:
    - name: month-without-a-day
      given:
        official: [{person_id: P1, org_id: V, village_code: '330784103205', position: member, from_date: '', to_date: ''}]
        village_project: [{project_id: J, village_code: '330784103205', contractor_id: C, contract_amount: '', sign_date: 2018-02-01}]
        social_insurance: [{person_id: P1, company_id: C, month: 2018-01, ins_type: pension}]
      expect: [{contractor_id: C, person_id: P1, insured_months: 1}]
    - name: blank-text-names-nobody
      given:
        official: [{person_id: P1, org_id: V, village_code: '330784103205', position: member}]
        village_project: [{project_id: J, village_code: '330784103205', contractor_id: '', sign_date: 2018-02-01}]
        social_insurance: [{person_id: P1, company_id: '', month: 2018-01-01, ins_type: pension}]
      expect: []
    """)  # fmt: skip
    assert report.failed == []


def test_every_finding_shows_its_area_also_where_it_routes_by_village(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, RENT, LEASE + """
    - name: village
      given: {rent_receivable: [{contract_id: 7, village_code: '330784103205', due_date: 2025-01-01, amount_due: 20000}]}
      expect: [{village_code: '330784103205', area_code: '330784103205'}]
    - name: unknown-village
      given: {rent_receivable: [{contract_id: 7, due_date: 2025-01-01, amount_due: 20000}]}
      expect: [{village_code: null, area_code: '330000000000'}]
    """)  # fmt: skip
    assert report.failed == []


def test_a_row_that_does_not_fit_is_a_failure_and_the_rest_goes_on(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, RENT, LEASE + """
    - {name: no-such-day, given: {rent_receivable: [{contract_id: 7, due_date: '2021-02-30', amount_due: 1}]}, expect: []}
    - {name: no-such-column, given: {rent_receivable: [{contract: 7}]}, expect: []}
    - {name: no-such-dataset, given: {rents: [{contract: 7}]}, expect: []}
    - {name: no-such-parameter, params: {grace: 1}, expect: []}
    - {name: no-expectation}
    - {name: override-of-nowhere, overrides: [{set: {grace_days: 1}}], expect: []}
    - {name: wrong-count, given: {rent_receivable: [{contract_id: 7, due_date: 2024-01-01, amount_due: 90000}]}, expect: []}
    - {name: wrong-output, given: {rent_receivable: [{contract_id: 7, due_date: 2024-01-01, amount_due: 90000}]}, expect: [{colour: red}]}
    - {name: right, given: {}, expect: []}
    """)  # fmt: skip
    assert report.cases == 9
    assert sorted(one.case for one in report.failed) == [
        "no-expectation", "no-such-column", "no-such-dataset", "no-such-day", "no-such-parameter",
        "override-of-nowhere", "wrong-count", "wrong-output",
    ]  # fmt: skip
    assert all(one.where.startswith(str(tmp_path)) for one in report.failed)


def test_a_model_the_project_does_not_have_is_missing_not_failed(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, "village-seal/no-such-model", "cases: [{name: a, expect: []}]")
    assert (report.missing, report.failed, report.models) == (["village-seal/no-such-model"], [], 0)


def test_a_file_that_is_no_yaml_is_one_failure(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, RENT, "cases: [")
    assert [one.case for one in report.failed] == ["(file)"]


def test_equal_expected_rows_need_a_finding_each(tmp_path: Path, catalogue: Catalogue) -> None:
    report = outside(tmp_path, catalogue, RENT, LEASE + """
    - name: twice
      given:
        rent_receivable:
        - {contract_id: 7, village_code: '330784103205', due_date: 2024-01-01, amount_due: 90000}
        - {contract_id: 8, village_code: '330784103205', due_date: 2024-01-01, amount_due: 80000}
      expect: [{contract_id: 7}, {contract_id: 7}]
    """)  # fmt: skip
    assert "fit only one" in report.failed[0].why


def test_a_changed_default_threshold_breaks_a_case(catalogue: Catalogue) -> None:
    from dataclasses import replace

    model = catalogue.models[FORMER]
    for name, value in {"lookback_years": 20, "min_months": 9, "office_buffer_months": 0}.items():
        changed = replace(model.parameters[name], default=value)
        other = replace(model, parameters={**model.parameters, name: changed})
        report = run_cases(replace(catalogue, models={FORMER: other}), [FORMER])
        assert report.failures > 0, name


def test_ids_restrict_a_run_to_some_models(catalogue: Catalogue) -> None:
    report = run_cases(catalogue, [FORMER])
    assert (report.models, report.failures) == (1, 0)
    assert report.cases >= 6

"""A case walked up to a point, by the cast."""

from types import SimpleNamespace
from typing import Any

from steelyard.web.alerts.tests.made_findings import raised, rent
from steelyard.web.cases import actions
from steelyard.web.cases.models import Case, QuestionSheet

CHECKLIST = {"check_1": "done", "check_2": "done", "check_3": "na"}
NO_FILES = {"no_files_because": "papers are in the village archive"}


def rent_case() -> Case:
    """The rent alert of Wulong, opened and routed."""
    raised(rent())
    actions.release_workflow()
    actions.open_cases()
    return Case.objects.get()


def four(**differs: str) -> dict[str, str]:
    answers = {"q1": "reasonable", "q2": "no", "q3": "planned", "q4": "no_need"} | differs
    return answers | {f"q{number}_text": f"because {number}" for number in (1, 2, 3, 4)}


def verdicts(case: Case, verdict: str = "true_irregularity", cause: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for link in case.links.filter(detached_at__isnull=True):
        found |= {f"verdict_{link.alert_id}": verdict, f"cause_{link.alert_id}": cause}
    return found


def sheet_of(case: Case) -> QuestionSheet:
    return QuestionSheet.objects.filter(case=case).latest("pk")


def asked(case: Case, cast: SimpleNamespace) -> QuestionSheet:
    """Signed by Zhou, who asks the village committee."""
    actions.act(case, "sign", by=cast.zhou)
    data = {"questions": "Why was no rent booked?\nWho reminded?", "addressee": f"body:{cast.shen.body_id}"}
    actions.act(case, "ask_explanation", by=cast.zhou, data=data)
    return sheet_of(case)


def explained(case: Case, cast: SimpleNamespace) -> None:
    sheet = asked(case, cast)
    actions.answer(sheet, by=cast.shen, data={"explanation": "The tenant asked for time.", **NO_FILES})
    actions.take_answers()


def submitted(case: Case, cast: SimpleNamespace, verdict: str = "true_irregularity", cause: str = "") -> None:
    explained(case, cast)
    data = {**verdicts(case, verdict, cause), "findings": "Rent unpaid since 2024.", **CHECKLIST, **NO_FILES}
    actions.act(case, "submit", by=cast.zhou, data=data)


def rectifying(case: Case, cast: SimpleNamespace) -> None:
    submitted(case, cast)
    actions.act(case, "propose_verdict", by=cast.chen, data={**verdicts(case), "reasons": "Ledger and bank agree."})
    data = {"opinion": "Agreed.", "measures": ["recover", "revise_rule"], **four()}
    actions.act(case, "endorse_true", by=cast.du, data=data)


def recovered(case: Case, cast: SimpleNamespace, amount: str = "1275000", voucher: str = "V-1") -> Any:
    data = {"kind": "recovered", "amount": amount, "date": "2026-04-01", "voucher": voucher}
    return actions.act(case, "ledger_entry", by=cast.zhou, data=data)


def in_follow_up(case: Case, cast: SimpleNamespace) -> None:
    rectifying(case, cast)
    recovered(case, cast)
    done = {"measures": ["recover"], "measures_text": "paid", **four()}
    actions.act(case, "report_rectified", by=cast.zhou, data=done)
    actions.act(case, "accept", by=cast.chen)


def closed(case: Case, cast: SimpleNamespace) -> None:
    in_follow_up(case, cast)
    data = {"inspected_on": "2026-04-01", "inspection_text": "Rent is paid monthly now.", "early_because": "asked to"}
    actions.act(case, "inspect_pass", by=cast.ma, data=data)

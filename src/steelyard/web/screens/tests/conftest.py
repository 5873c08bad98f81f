import itertools

import pytest

from steelyard.web.alerts.models import Alert
from steelyard.web.orgs import clock

_numbers = itertools.count(1)


@pytest.fixture
def alert(cast):
    """Makes an alert in a village; further columns by name."""

    def make(village="339921101201", *, grade="red", verdict="", line="supervisory", **more):
        number = next(_numbers)
        values = {
            "fingerprint": f"{number:064d}", "model_id": "village-asset/rent-receivable-unpaid",
            "model_version": "1.0.0", "param_hash": "0", "domain": "village.asset", "finding_seq": number,
            "pool_version": 1,
            "as_of": clock.today(), "grade": grade, "grade_model": grade, "title_zh": f"合同{number}租金未收",
            "title_en": f"Rent unpaid under contract {number}", "key": {"contract_id": f"HT-{number}"},
            "payload": {"contract_id": f"HT-{number}"}, "evidence_hash": "0", "area_code": village, "line": line,
            "verdict": verdict, "state": "decided" if verdict else "open",
        }  # fmt: skip
        return Alert.objects.create(**(values | more))

    return make

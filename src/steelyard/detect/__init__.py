"""Full evaluation of supervision models, unit cases, evidence → Findings."""

from steelyard.detect.cases import CaseReport, Failure, run_cases
from steelyard.detect.evaluable import Readiness
from steelyard.detect.findings import Finding, finding, findings_since
from steelyard.detect.held import held_versions
from steelyard.detect.resting import RestingFindings, resting_on
from steelyard.detect.runs import RunReport, run, today
from steelyard.detect.runs import readiness_of as readiness

__all__ = [
    "CaseReport",
    "Failure",
    "Finding",
    "Readiness",
    "RestingFindings",
    "RunReport",
    "finding",
    "findings_since",
    "held_versions",
    "readiness",
    "resting_on",
    "run",
    "run_cases",
    "today",
]

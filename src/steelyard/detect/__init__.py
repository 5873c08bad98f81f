"""Evaluation of supervision models, in full or by affected units, unit cases, evidence → Findings."""

from steelyard.detect.cases import CaseReport, Failure, run_cases
from steelyard.detect.evaluable import Readiness
from steelyard.detect.findings import Finding, finding, findings_since
from steelyard.detect.foreseeing import judged_with_care, would_turn_red
from steelyard.detect.held import held_versions
from steelyard.detect.moving import Move, moves_since
from steelyard.detect.reconciling import ReconcileIncident, reconcile_incidents
from steelyard.detect.releases import Release, Releases, releases_on
from steelyard.detect.replaying import FindingUnknown, Replay, replay
from steelyard.detect.resting import RestingFindings, resting_on
from steelyard.detect.runs import RunReport, reconcile, run, today
from steelyard.detect.runs import readiness_of as readiness
from steelyard.detect.touched import could_turn_red, evaluate_touched, touched_models
from steelyard.detect.traces import STEPS, Backlog, Latency, backlog, latencies
from steelyard.detect.watching import Watcher

__all__ = [
    "STEPS",
    "Backlog",
    "CaseReport",
    "Failure",
    "Finding",
    "FindingUnknown",
    "Latency",
    "Move",
    "Readiness",
    "ReconcileIncident",
    "Release",
    "Releases",
    "Replay",
    "RestingFindings",
    "RunReport",
    "Watcher",
    "backlog",
    "could_turn_red",
    "evaluate_touched",
    "finding",
    "findings_since",
    "held_versions",
    "judged_with_care",
    "latencies",
    "moves_since",
    "readiness",
    "reconcile",
    "reconcile_incidents",
    "releases_on",
    "replay",
    "resting_on",
    "run",
    "run_cases",
    "today",
    "touched_models",
    "would_turn_red",
]

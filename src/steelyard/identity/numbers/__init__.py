"""Identity and other numbers: ``classify`` for one, SQL expressions for a column.

Both give the same answers.  The SQL is DuckDB's and carries over to Spark (``engines.dialects.to_spark``).
"""

from steelyard.identity.numbers.credit import is_credit
from steelyard.identity.numbers.crowding import crowded
from steelyard.identity.numbers.facts import classify_sql
from steelyard.identity.numbers.faults import fault_sql
from steelyard.identity.numbers.kinds import is_kind, normal_of
from steelyard.identity.numbers.resident import (
    expanded,
    is_plain,
    is_resident,
    looks_resident,
    normal,
    resident_check,
)
from steelyard.kit.number_facts import FAULTS, KINDS, NumberFacts, classify, fault

__all__ = [
    "FAULTS",
    "KINDS",
    "NumberFacts",
    "classify",
    "classify_sql",
    "crowded",
    "expanded",
    "fault",
    "fault_sql",
    "is_credit",
    "is_kind",
    "is_plain",
    "is_resident",
    "looks_resident",
    "normal",
    "normal_of",
    "resident_check",
]

"""Ten million resident numbers, checked by the expression that landing uses."""

import time
from typing import Any

from steelyard.engines.duck import connect
from steelyard.identity.numbers import is_resident, resident_check

ROWS, SMALL = 10_000_000, 100_000
WRONG_EVERY = 10
_DAY = "DATE '2026-06-30'"
_BODY = (
    "'3399' || lpad(CAST(21 + i % 70 AS VARCHAR), 2, '0') || "
    "strftime(DATE '1940-01-01' + CAST(i * 7919 % 29000 AS INTEGER), '%Y%m%d') || "
    "lpad(CAST(i % 1000 AS VARCHAR), 3, '0')"
)


def run(*, small: bool = False) -> dict[str, Any]:
    """Processor seconds to check the numbers, of which one in ten has a wrong check character."""
    rows = SMALL if small else ROWS
    duck = connect(memory_mb=2048, threads=2)
    try:
        check = f"CASE WHEN i % {WRONG_EVERY} = 0 THEN '#' ELSE {resident_check('body')} END"
        duck.execute(
            f"CREATE TABLE number AS SELECT body || {check} AS number FROM "
            f"(SELECT i, {_BODY} AS body FROM range({rows}) r(i))"
        )
        wall, cpu = time.monotonic(), time.process_time()
        found = duck.execute(f"SELECT count(*) FROM number WHERE {is_resident('number', _DAY)}").fetchone()
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    finally:
        duck.close()
    details = {"rows": rows, "valid": found[0] if found else 0, "cpu_s": round(cpu, 2), "wall_s": round(wall, 2)}
    return {"id_checks_10m_cpu_s": round(cpu * ROWS / rows, 2), "details": details}

"""Made-up rows that each model must find, in the real engine, every night; if it does not, that is an incident.

They are the positive cases of the text that runs.  What they give is discarded.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Case, CasesBroken, read_cases
from steelyard.detect import texts
from steelyard.detect.cases import CaseRunner
from steelyard.detect.guards.endless import within
from steelyard.detect.signs.sign import Sign
from steelyard.engines.duck import DuckError
from steelyard.kit.errors import SteelyardError
from steelyard.kit.yamlfile import YamlError

Connection = psycopg.Connection[Any]
SECONDS = 60
"""For all rows of one model: they are few."""


def canary(connection: Connection, catalogue: Catalogue, running: Mapping[str, str]) -> list[Sign]:
    """One sign a model.  ``running``: by model the hash of the text that runs."""
    runner = CaseRunner(catalogue, own=True)
    try:
        return [_of_one(connection, runner, model, sha) for model, sha in sorted(running.items())]
    finally:
        runner.connection.close()


def _of_one(connection: Connection, runner: CaseRunner, name: str, sha256: str) -> Sign:
    try:
        model, cases = _read(connection, sha256)
    except (SteelyardError, YamlError, CasesBroken) as error:
        return _raised(name, "运行中的文本读不出来", f"the text that runs cannot be read: {_line(error)}")
    if not cases:
        return Sign(
            "canary", name, "unknown", {"zh": "该模型没有应当命中的用例", "en": "the model has no positive case"}
        )
    dead: list[str] = []
    try:
        with within(runner.connection, SECONDS, name):
            for case in cases:
                why = _why_not(runner, model, case)
                dead += [f"{case.name}: {why}"] if why else []
    except SteelyardError as error:
        dead.append(_line(error))
    alive = len(cases) - len(dead)
    if dead:
        zh = f"{len(cases)}个金丝雀中{len(dead)}个未被发现：{dead[0]}"
        en = f"{len(dead)} of {len(cases)} canaries were not found: {dead[0]}"
        return _raised(name, zh, en, alive, len(cases))
    found = {"zh": f"{alive}个金丝雀全部被发现", "en": f"all {alive} canaries were found"}
    return Sign("canary", name, "ok", found, alive, len(cases))


def _why_not(runner: CaseRunner, model: SupervisionModel, case: Case) -> str | None:
    try:
        return runner.run(model, case)
    except (DuckError, SteelyardError, ValueError, KeyError) as error:
        return _line(error)


def _read(connection: Connection, sha256: str) -> tuple[SupervisionModel, list[Case]]:
    """The kept text and its positive cases.  Raises TextUnknown."""
    model, files = texts.kept(connection, sha256), texts.files_of(connection, sha256)[1]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cases.yaml"
        place.write_text(files["cases.yaml"], encoding="utf-8")
        listed = read_cases(place).cases
    return model, [case for case in listed if case.kind == "positive" and case.expect]


def _raised(model: str, zh: str, en: str, value: float | None = None, bound: float | None = None) -> Sign:
    return Sign("canary", model, "raised", {"zh": zh, "en": en}, value, bound)


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

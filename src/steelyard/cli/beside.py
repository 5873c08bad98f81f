"""The made-up departments as a process of their own, beside the command that needs them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steelyard.kit.errors import SteelyardError


class DepartmentsFailed(SteelyardError):
    """The made-up departments did not start."""


class Departments:
    """A started `steelyard synth serve`; ``wait`` until they answer before anybody asks them."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._told: dict[str, Any] | None = None

    def wait(self) -> dict[str, Any]:
        """What runs, once all of it does.  Raises DepartmentsFailed with the last words."""
        if self._told is None:
            assert self._process.stdout is not None
            lines: list[str] = []
            for line in self._process.stdout:
                lines.append(line)
                if line == "}\n":  # the end of the document; the process goes on
                    self._told = dict(json.loads("".join(lines)))
                    return self._told
            raise DepartmentsFailed(f"the made-up departments did not start: {self._last_words()}")
        return self._told

    def _last_words(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.read()[-600:].strip()

    def end(self) -> None:
        """End the servers and wait until they are gone."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def departments(county: Path, faults: Path) -> Iterator[Departments]:
    """Departments over a county that stop with this block, whatever becomes of this process.

    Their addresses and secrets lie in the home's folder of secrets meanwhile.
    """
    process = subprocess.Popen(
        [
            sys.executable, "-m", "steelyard.cli.main", "synth", "serve", "--county", str(county),
            "--faults", str(faults), "--secrets", "--follow", "--json",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    started = Departments(process)
    try:
        yield started
    finally:
        started.end()

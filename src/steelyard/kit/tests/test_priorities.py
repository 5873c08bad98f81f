"""A process that gives way runs behind others, and only it."""

import os
import subprocess
import sys

from steelyard.kit.priorities import BEHIND

GIVES_WAY = "import os; from steelyard.kit.priorities import give_way; give_way(); print(os.nice(0))"


def test_a_process_that_gives_way_runs_behind() -> None:
    done = subprocess.run([sys.executable, "-c", GIVES_WAY], capture_output=True, text=True, check=True)
    assert int(done.stdout) == min(19, os.nice(0) + BEHIND)

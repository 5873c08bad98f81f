"""The command as it is installed."""

import runpy
import sys
from pathlib import Path


def test_a_process_the_command_starts_may_read_it_again():
    # City and province are made by several processes; each reads the file its parent was started with.
    runpy.run_path(str(Path(sys.prefix) / "bin" / "steelyard"), run_name="__mp_main__")

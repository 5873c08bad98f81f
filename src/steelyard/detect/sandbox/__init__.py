"""Runs texts of people who are no system administrators, so that they reach the rows they are given and nothing else.

1. `text`: one SELECT of allowed nodes and functions over the relations handed in, by two parsers.
2. `engines.sealed`: an engine without files, network, extensions or settings.
3. Each file is open by its own path, named before the engine is closed.
4. `walls`: a process a run, with limits of memory and time, kept by the kernel from files, network and programs.
"""

from steelyard.detect.sandbox.asking import Answer, ask, dismiss_all
from steelyard.detect.sandbox.draft import Draft
from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.sandbox.refusal import Refusal

__all__ = ["Answer", "Draft", "Limits", "Refusal", "ask", "dismiss_all"]

"""How well and how fast identity works, measured beside other tools in one run."""

from steelyard.identity.bench.run import PARTS, run

__all__ = ["PARTS", "run"]

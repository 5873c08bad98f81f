"""A made-up county with planted wrongs and look-alikes, delivered in the departments' own files."""

from steelyard.synth.delivery.deliver import Manifest, write_county
from steelyard.synth.score import Found, Score, Tally, numbers_in, score

__all__ = ["Found", "Manifest", "Score", "Tally", "numbers_in", "score", "write_county"]

"""A made-up county with planted wrongs and look-alikes, delivered in the departments' own files."""

from steelyard.synth.delivery.deliver import Manifest, write_county
from steelyard.synth.scale import SCALES, Provided, Size, World, make
from steelyard.synth.score import Found, Score, Tally, numbers_in, score
from steelyard.synth.score_mentions import ENDS, Held, numbers_meant, score_mentions

__all__ = [
    "ENDS",
    "SCALES",
    "Found",
    "Held",
    "Manifest",
    "Provided",
    "Score",
    "Size",
    "Tally",
    "World",
    "make",
    "numbers_in",
    "numbers_meant",
    "score",
    "score_mentions",
    "write_county",
]

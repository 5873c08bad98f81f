"""What a change touches, and what it says now: the part that knows neither pool nor store."""

from steelyard.detect.incremental.core import Affected, Delta, in_front, within
from steelyard.detect.incremental.slices import Beneath, Slices, UnitSet
from steelyard.detect.incremental.walks import Walks

__all__ = ["Affected", "Beneath", "Delta", "Slices", "UnitSet", "Walks", "in_front", "within"]

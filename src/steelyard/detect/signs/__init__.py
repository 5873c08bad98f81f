"""Signs that a model no longer says what it used to: shape of its findings, silence, canary.

A detector that has too little to go by says that it cannot tell; it is never green by silence.
"""

from steelyard.detect.signs.canary import canary
from steelyard.detect.signs.looking import after_run, look
from steelyard.detect.signs.shape import shape
from steelyard.detect.signs.sign import DETECTORS, Sign, signs
from steelyard.detect.signs.silence import silence

__all__ = ["DETECTORS", "Sign", "after_run", "canary", "look", "shape", "signs", "silence"]

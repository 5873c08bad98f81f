"""The other books of the departments: ordinary and honest rows about the county's own people, firms and bodies.

They are written when the county is finished, each with draws of its own, so that none changes another or a matter
that was planted.
"""

from steelyard.synth.books.taxes import taxes
from steelyard.synth.county import County
from steelyard.synth.tenders.market import Market


def fill_books(county: County, market: Market) -> None:
    """Write all books of a finished county."""
    taxes(county)

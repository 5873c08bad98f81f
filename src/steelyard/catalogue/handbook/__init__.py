"""The models as a book for the people who act on them, in Chinese or English.

``pdf`` is imported by itself: setting type takes a second to load, and only those who print need it.
"""

from steelyard.catalogue.handbook.digest import digest
from steelyard.catalogue.handbook.entry import Here, entry
from steelyard.catalogue.handbook.words import Speech

__all__ = ["Here", "Speech", "digest", "entry"]

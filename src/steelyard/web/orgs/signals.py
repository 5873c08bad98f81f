"""What this room tells those above it."""

from django.dispatch import Signal

kin_renewed = Signal()
"""Sent in the transaction in which it was found anew whom everybody must stay away from."""

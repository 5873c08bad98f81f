"""Steelyard: weighs public power."""

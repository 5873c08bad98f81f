"""Dates, money, Chinese numbers, safe text: knows nothing of supervision."""

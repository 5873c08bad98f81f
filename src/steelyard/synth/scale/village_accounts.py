"""Accounts that stand in a village's name beside the one its books know."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, villages

OPENED = {"a till of their own": (53, 500), "opened last month": (58, 20)}
"""Place, and days since the account was opened."""


def tables(size: Size) -> list[Made]:
    return []


def planted(size: Size) -> list[Planted]:
    name = "a till of their own"
    return [
        Planted("village-fund/off-book-account", {"account_no": _number()}, _where(name, size), "red", story=name,
                when=f"before({OPENED[name][1] - 31})")
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    return [
        LookAlike("village-fund/off-book-account", {"account_no": _number()}, _where("opened last month", size),
                  "opened three weeks ago; nothing was paid in yet")
    ]  # fmt: skip


def _number() -> str:
    return "'62281' || v"


def _where(name: str, size: Size) -> str:
    return f"{villages()} WHERE {schemes.at(OPENED[name][0], size.village_every)}"


def accounts(size: Size) -> str:
    """SQL: rows of ``bank_account``."""
    return " UNION ALL ".join(
        f"""SELECT {_number()}, village_code(v), place_name(v) || '村老年协会', before({days}), 'corporate'
        FROM {_where(name, size)}"""
        for name, (_, days) in OPENED.items()
    )


def bodies_named(size: Size) -> str:
    """SQL: key and name of villages that own such an account: a bank may name the village by its code."""
    return f"SELECT village_code(v), place_name(v) || '村' FROM {_where('a till of their own', size)}"

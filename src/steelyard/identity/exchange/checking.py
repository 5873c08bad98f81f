"""What must hold of every file from outside, whatever its format: identifiers, ends, shares, rings."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TypeVar

from steelyard.identity.exchange.faults import Faults
from steelyard.identity.exchange.shapes import TIERS, Link, Party, Read

KINDS = ("kin", "household", "ownership", "office", "employment", "agent", "guarantor", "phone", "address", "account",
         "email", "device", "cobid")  # fmt: skip
"""Kinds of ties that are known here."""
_LONGEST_ID = 200
_ROUNDING = 1e-4
_One = TypeVar("_One", Party, Link)


def checked(read: Read, file: str) -> Read:
    """The same with everything once, and without ties of unknown kinds, which are counted.

    Raises FileRefused with every identifier that clashes, every end that is missing and every value that cannot be.
    """
    faults = Faults(file)
    party_file, link_file = read.files.get("parties", file), read.files.get("links", file)
    parties = _once(read.parties, faults, party_file)
    links = _once(read.links, faults, link_file)
    for line, party in parties.values():
        _check_id(line, party.id, faults, party_file)
        if party.tier not in TIERS:
            faults.note(line, "tier", f"{party.tier[:40]!r} is none of {', '.join(TIERS)}", party_file)
        if party.id in links:
            faults.note(links[party.id][0], "id", f"{party.id!r} is a subject on line {line}", link_file)
    for line, link in links.values():
        _check_id(line, link.id, faults, link_file)
        _check_link(line, link, parties, faults, link_file)
    faults.settle()
    known = []
    for line, link in links.values():
        if link.kind in KINDS:
            known.append((line, link))
        else:
            read.leave_out(f"tie of kind {link.kind[:40]}")
    return Read(list(parties.values()), known, read.left_out, read.publisher, read.made_on, read.files)


def _once(listed: Iterable[tuple[int, _One]], faults: Faults, file: str) -> dict[str, tuple[int, _One]]:
    kept: dict[str, tuple[int, _One]] = {}
    for line, one in listed:
        before = kept.setdefault(one.id, (line, one))
        if before[1] != one:
            faults.note(line, "id", f"{one.id!r} clashes with line {before[0]}, which says otherwise of it", file)
    return kept


def _check_id(line: int, name: str, faults: Faults, file: str) -> None:
    if not name.strip() or len(name) > _LONGEST_ID:
        faults.note(line, "id", f"is empty or longer than {_LONGEST_ID} characters", file)


def _check_link(line: int, link: Link, parties: Mapping[str, object], faults: Faults, file: str) -> None:
    for field, end in (("a", link.a), ("b", link.b)):
        if end not in parties:
            faults.note(line, field, f"{end[:60]!r} is no subject of this file", file)
    if link.a == link.b:
        faults.note(line, "b", "is the same subject as a: nobody is tied to himself", file)
    if link.from_date and link.to_date and link.to_date < link.from_date:
        faults.note(line, "to_date", f"{link.to_date} lies before {link.from_date}", file)
    if link.degree is not None and not 1 <= link.degree <= 9:
        faults.note(line, "degree", f"{link.degree} is no degree of kinship", file)
    if link.tier not in TIERS:
        faults.note(line, "tier", f"{link.tier[:40]!r} is none of {', '.join(TIERS)}", file)


def doubts(links: Iterable[Link]) -> list[str]:
    """What may be true and is worth a question: more than the whole held on one day, and rings of owners."""
    owned = [link for link in links if link.kind == "ownership"]
    return [*_over_the_whole(owned), *_rings(owned)]


def _over_the_whole(owned: Iterable[Link]) -> list[str]:
    by_company: dict[str, list[Link]] = {}
    for link in owned:
        by_company.setdefault(link.b, []).append(link)
    found = []
    for company, listed in sorted(by_company.items()):
        days = {link.from_date or dt.date.min for link in listed}
        most = max(sum(link.share or 0 for link in listed if _stands(link, day)) for day in days)
        if most > 1 + _ROUNDING:
            found.append(f"shares of {company} make {most * 100:.4g} % on one day")
    return found


def _stands(link: Link, day: dt.date) -> bool:
    return (link.from_date or dt.date.min) <= day <= (link.to_date or dt.date.max)


def _rings(owned: Iterable[Link]) -> list[str]:
    """One line for each group of subjects that own each other in a circle; no recursion, however long the chain."""
    owns: dict[str, set[str]] = {}
    for link in owned:
        owns.setdefault(link.a, set()).add(link.b)
        owns.setdefault(link.b, set())
    # Who is held by nobody is in no ring, and is taken away until none such is left; then the same from below.
    left = _peeled(owns)
    back: dict[str, set[str]] = {name: set() for name in left}
    for name in left:
        for other in owns[name] & left:
            back[other].add(name)
    left = _peeled(back)
    groups = _groups({name: (owns[name] | back[name]) & left for name in left})
    return [f"{', '.join(group[:5])}{' …' if len(group) > 5 else ''} own each other in a ring" for group in groups]


def _peeled(owns: Mapping[str, set[str]]) -> set[str]:
    held = dict.fromkeys(owns, 0)
    for others in owns.values():
        for other in others:
            held[other] += 1
    free = [name for name, times in held.items() if not times]
    left = set(owns)
    while free:
        name = free.pop()
        left.discard(name)
        for other in owns[name]:
            held[other] -= 1
            if not held[other]:
                free.append(other)
    return left


def _groups(near: Mapping[str, set[str]]) -> list[list[str]]:
    waiting, found = set(near), []
    while waiting:
        group, edge = set(), [min(waiting)]
        while edge:
            name = edge.pop()
            if name in waiting:
                waiting.discard(name)
                group.add(name)
                edge += near[name]
        found.append(sorted(group))
    return found

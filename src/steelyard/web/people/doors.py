"""Which door a report goes through, and who receives it."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.actions import users_to_keep_away
from steelyard.web.orgs.models import Area, Body, Post, User
from steelyard.web.orgs.words import DIGITS, Level, Role
from steelyard.web.powers.flow import flow

UPWARDS = [Level.VILLAGE, Level.TOWN, Level.COUNTY, Level.CITY, Level.PROVINCE]
DESKS = (Role.APPEAL_DESK, Role.CLUE_OFFICE)


class NobodyReceives(WebError):
    """No body of the area takes reports."""

    text = _("No office of this area is set up to receive reports yet. Please telephone the county.")


def speaks_of_a_person(text: str) -> bool:
    """Whether a text may accuse somebody: then it is safer behind the sealed door.

    A known name, a word of blame, or a title together with money; in doubt yes.
    """
    words = flow("appeal").data["sealed_door"]
    low = _plain(text)
    if _has_one(low, words["blame"]) or (_has_one(low, words["titles"]) and _has_one(low, words["money"])):
        return True
    return bool(_users_with_name_in(text))


def _plain(text: str) -> str:
    """Small letters of the usual width; nothing stands between two Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f])[\W_]+(?=[^\x00-\x7f])", "", unicodedata.normalize("NFKC", text).lower())


def _has_one(low: str, words: list[str]) -> bool:
    return any(
        re.search(rf"\b{re.escape(word)}", low, re.ASCII) if word.isascii() else word in low
        for word in (w.lower() for w in words)
    )


@dataclass(frozen=True)
class Receiver:
    """The body that gets a report, and the users of it who must not see it."""

    body: Body
    recused: list[int]


def receiver_of_matter(village: Area, text: str) -> Receiver:
    """The petitions office of the township, or the next office above that has somebody at the desk."""
    return _first_staffed(village, Level.TOWN, ("petitions", "discipline"), DESKS, text)


def receiver_of_accusation(village: Area, person_works_at: str, text: str) -> Receiver:
    """The clue office one level above the person at least, never below the county."""
    works_at = Level(person_works_at) if person_works_at in Level.values else Level.TOWN
    above = UPWARDS[min(UPWARDS.index(works_at) + 1, len(UPWARDS) - 1)]
    lowest = max(above, Level.COUNTY, key=UPWARDS.index)
    return _first_staffed(village, lowest, ("discipline",), (Role.CLUE_OFFICE,), text)


def receiver_above(body: Body, village: Area, door: str, text: str) -> Receiver:
    """A different body, one level up at least."""
    level = Level(body.level)
    above = UPWARDS[min(UPWARDS.index(level) + 1, len(UPWARDS) - 1)]
    kinds = ("petitions", "discipline") if door == "matter" else ("discipline",)
    roles = DESKS if door == "matter" else (Role.CLUE_OFFICE,)
    return _first_staffed(village, above, kinds, roles, text)


def _first_staffed(
    village: Area, lowest: Level, kinds: tuple[str, ...], roles: tuple[Role, ...], text: str
) -> Receiver:
    """Level by level upwards; a body without anybody at the desk is passed over.  Where none is staffed, the
    lowest one gets the report and waits for its clerk: better than losing it."""
    named = _users_named_in(text)
    unstaffed: Body | None = None
    for level in UPWARDS[UPWARDS.index(lowest) :]:
        code = village.code[: DIGITS[level]].ljust(12, "0")
        found = {body.org_type: body for body in Body.objects.filter(area_id=code, org_type__in=kinds)}
        for kind in kinds:
            if kind not in found:
                continue
            unstaffed = unstaffed or found[kind]
            if _has_clerk(found[kind], roles, named):
                return Receiver(found[kind], sorted(named))
    if unstaffed is None:
        raise NobodyReceives
    return Receiver(unstaffed, sorted(named))


def _has_clerk(body: Body, roles: tuple[Role, ...], away: set[int]) -> bool:
    staff = Post.objects.in_force().filter(user__body=body, user__is_active=True, role__in=roles)
    return staff.exclude(user_id__in=away).exists()


def _users_named_in(text: str) -> set[int]:
    """Users whose name stands in the text, and their relatives: the report stays hidden from them."""
    users = _users_with_name_in(text)
    return {user.pk for user in users} | set(users_to_keep_away(user.subject_key for user in users))


def _users_with_name_in(text: str) -> list[User]:
    """Chinese names anywhere; Latin ones as words in either order, written together or apart."""
    low = _plain(text)
    return [user for user in User.objects.exclude(name="") if any(_is_in(name, low) for name in _names_of(user))]


def _names_of(user: User) -> list[str]:
    return [name for name in (_plain(user.name).strip(), _plain(user.name_en).strip()) if len(name) > 1]


def _is_in(name: str, low: str) -> bool:
    if not name.isascii():
        return name in low
    parts = re.findall(r"[a-z]+", name)
    if not parts or len("".join(parts)) < 4:
        return False  # a short single word would be found in half of all reports
    orders = (parts, parts[::-1], [parts[-1], *parts[:-1]], [*parts[1:], parts[0]])
    return any(re.search(r"\b" + r"[\W_]*".join(order) + r"(?![a-rt-z])", low, re.ASCII) for order in orders)

"""A wall around this process that the kernel keeps: of all files, those in a few places can be read, no more.

Linux 5.13 and later; without privileges, and for good.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _ENFORCE = 444, 445, 446
_SET_NO_NEW_PRIVILEGES = 38
_ABOUT_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_FIRST_RIGHTS = (1 << 13) - 1
_RIGHTS_SINCE = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights to files that a later version of the wall knows: to move, to cut short, to control devices."""
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


def close(places: Iterable[Path]) -> bool:
    """From now on this thread, and those it begins, read ``places`` and below, and reach no other file nor port.

    False where this kernel has no such wall.  Raises OSError where it refuses it.
    """
    if platform.system() != "Linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ABOUT_VERSION))
    if version < 1:
        return False
    rules = _made(library, version)
    try:
        for place in places:
            _leave_open(library, rules, place)
        _call(library.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _call(library.syscall(_ENFORCE, rules, ctypes.c_uint32(0)))
    finally:
        os.close(rules)
    return True


def _made(library: ctypes.CDLL, version: int) -> int:
    files = _FIRST_RIGHTS | sum(right for since, right in _RIGHTS_SINCE.items() if version >= since)
    said = struct.pack("<Q", files)
    if version >= _NETWORK_SINCE:
        said += struct.pack("<Q", 0b11)
    if version >= _SCOPES_SINCE:
        said += struct.pack("<Q", 0b11)
    rules = int(library.syscall(_CREATE, said, ctypes.c_size_t(len(said)), ctypes.c_uint32(0)))
    if rules < 0:
        _call(rules)
    return rules


def _leave_open(library: ctypes.CDLL, rules: int, place: Path) -> None:
    known = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_FOLDER if place.is_dir() else 0)
        said = struct.pack("<Qi", rights, known)
        _call(library.syscall(_ADD, rules, ctypes.c_int(_BENEATH), said, ctypes.c_uint32(0)))
    finally:
        os.close(known)


def _call(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses the wall around an errand's files")

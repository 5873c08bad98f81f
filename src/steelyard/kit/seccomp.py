"""A wall around this process that the kernel keeps: no connections, no other programs, no other processes.

Linux only, and only on the machines whose numbers of system calls stand here; without privileges, and for good.
"""

import ctypes
import platform
import struct
from collections.abc import Mapping

_EPERM, _ENOSYS = 1, 38
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32
"""Where they lie in what the kernel hands to the filter: the call, the machine, the lower halves of the arguments."""
_X32 = 0x40000000
_AS_THREAD = 0x00010000
_WRITING = 0x1 | 0x2 | 0x40 | 0x200
"""Flags of an opened file: for writing, for both, to be created, to be emptied."""

_CALLS: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {"open": 2, "clone": 56, "openat": 257, "clone3": 435, "openat2": 437,
         "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
         "socketpair": 53, "accept4": 288, "sendmmsg": 307, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322,
         "kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
         "pidfd_open": 434, "pidfd_getfd": 438, "pidfd_send_signal": 424,
         "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "prlimit64": 302,
         "truncate": 76, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87,
         "symlink": 88, "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94, "mknod": 133,
         "mkdirat": 258, "mknodat": 259, "fchownat": 260, "unlinkat": 263, "renameat": 264, "linkat": 265,
         "symlinkat": 266, "fchmodat": 268, "renameat2": 316, "utimensat": 280,
         "chroot": 161, "mount": 165, "umount2": 166, "pivot_root": 155, "unshare": 272, "setns": 308,
         "open_by_handle_at": 304, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "memfd_create": 319,
         "keyctl": 250, "add_key": 248, "request_key": 249, "io_uring_setup": 425, "io_uring_enter": 426,
         "init_module": 175, "finit_module": 313, "kexec_load": 246, "reboot": 169, "shmget": 29, "msgget": 68,
         "semget": 64, "mq_open": 240},
    ),
    "aarch64": (
        0xC00000B7,
        {"clone": 220, "openat": 56, "clone3": 435, "openat2": 437,
         "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
         "sendmsg": 211, "accept4": 242, "sendmmsg": 269, "execve": 221, "execveat": 281,
         "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
         "pidfd_open": 434, "pidfd_getfd": 438, "pidfd_send_signal": 424,
         "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "prlimit64": 261,
         "truncate": 45, "mknodat": 33, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38,
         "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "renameat2": 276, "utimensat": 88,
         "chroot": 51, "mount": 40, "umount2": 39, "pivot_root": 41, "unshare": 97, "setns": 268,
         "open_by_handle_at": 265, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "memfd_create": 279,
         "keyctl": 219, "add_key": 217, "request_key": 218, "io_uring_setup": 425, "io_uring_enter": 426,
         "init_module": 105, "finit_module": 273, "kexec_load": 104, "reboot": 142, "shmget": 194, "msgget": 186,
         "semget": 190, "mq_open": 180},
    ),
}  # fmt: skip
_WITH_FLAGS = {"open": _SECOND, "openat": _THIRD}


def close() -> bool:
    """From now on this thread, and those it begins, open files to read alone, and no connection, program or process.

    False where this machine has no such wall.  Raises OSError where the kernel refuses it.
    """
    if platform.system() != "Linux" or platform.machine() not in _CALLS:
        return False
    program = b"".join(struct.pack("<HBBI", *one) for one in _program(*_CALLS[platform.machine()]))
    text = ctypes.create_string_buffer(program)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    library = ctypes.CDLL(None, use_errno=True)
    given = Program(len(program) // 8, ctypes.addressof(text))
    _call(library.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _call(library.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(given), 0, 0))
    return True


def _call(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses the wall around an errand")


def _program(machine: int, calls: Mapping[str, int]) -> list[tuple[int, int, int, int]]:
    """Steps (code, steps over if so, if not, value) of the filter; each call is let through, refused or looked into."""
    refused, unknown = (_RETURN, 0, 0, _ERRNO | _EPERM), (_RETURN, 0, 0, _ERRNO | _ENOSYS)
    steps = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER),
             (_AT_LEAST, 0, 1, _X32), refused]  # fmt: skip
    for name, number in calls.items():
        if name in _WITH_FLAGS:
            steps += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, _WITH_FLAGS[name]), (_ANY_BIT, 0, 1, _WRITING), refused]
            steps += [(_RETURN, 0, 0, _ALLOW)]
        elif name == "clone":
            steps += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 1, 0, _AS_THREAD), refused]
            steps += [(_RETURN, 0, 0, _ALLOW)]
        elif name in ("clone3", "openat2"):
            # What it is asked for lies where a filter cannot look: who is told that it is not there, asks the old way.
            steps += [(_EQUAL, 0, 1, number), unknown]
        else:
            steps += [(_EQUAL, 0, 1, number), refused]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]

"""Departments that deliver files: they put them into the inbox, whole, broken or not at all."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from steelyard.sources import Interface
from steelyard.synth.departments.faults import Faults, Kind
from steelyard.synth.departments.spoil import spoiled_file
from steelyard.synth.departments.twice import second_name

DRIP_S = 3.0
DRIP_PARTS = 10


class Dropping:
    """Puts files of ``file`` interfaces below one inbox, and takes back what a fault had put there."""

    def __init__(self, inbox: Path, files: Callable[[Interface], list[Path]], faults: Faults) -> None:
        self._inbox = inbox
        self._files = files
        self._faults = faults
        self._dropped: dict[str, list[Path]] = {}

    def folder(self, interface: Interface) -> Path:
        """Where the interface looks for its files."""
        return Path(os.path.expandvars(interface.folder.replace("${STEELYARD_INBOX}", str(self._inbox))))

    def drop(self, interface: Interface) -> None:
        """Deliver as the faults of the moment have it; what an earlier call delivered is replaced."""
        kinds = self._faults.of(interface.id)
        wanted: dict[Path, bytes] = {}
        if Kind.LATE not in kinds:
            for file in self._files(interface):
                content = spoiled_file(file.read_bytes(), interface, kinds)
                wanted[self.folder(interface) / file.name] = content
                if Kind.DUPLICATED in kinds:
                    wanted[self.folder(interface) / second_name(file.name, interface)] = content
        for path in self._dropped.get(interface.id, []):
            if path not in wanted:
                path.unlink(missing_ok=True)
        self._dropped[interface.id] = list(wanted)
        for path, content in wanted.items():
            self._put(path, content, slow=Kind.DRIP in kinds)

    @staticmethod
    def _put(path: Path, content: bytes, *, slow: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if slow:
            path.unlink(missing_ok=True)
            threading.Thread(target=_drip, args=(path, content), daemon=True).start()
        elif not path.is_file() or path.read_bytes() != content:
            # Under another name first: a reader must never take a file that is still being written.
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.replace(path)


def _drip(path: Path, content: bytes) -> None:
    """Write in the open, as a careless sender does; a reader must wait until the file is left alone."""
    step = len(content) // DRIP_PARTS + 1
    for begin in range(0, len(content), step):
        with path.open("ab") as file:
            file.write(content[begin : begin + step])
        time.sleep(DRIP_S / DRIP_PARTS)

"""One throw-away server for a whole test run."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from steelyard.engines.postgres import Server
from steelyard.kit.home import Home


@cache
def shared_server() -> Server:
    """Start it once; it is stopped and removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="sy-"))
    folder.chmod(0o755)  # the server's account must be able to pass
    server = Server(Home(folder).make(), durable=False)
    server.start()
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return server

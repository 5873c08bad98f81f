"""A standalone cluster of Spark on this machine: one master, two workers, each a process of its own."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

HOST = "127.0.0.1"
HOME = Path(pyspark.__file__).parent
CLASSES = "org.apache.spark.deploy"
PATIENCE = 120.0
"""Seconds until a process has said what it is waited for."""
SETTINGS = {
    "spark.driver.host": HOST,
    "spark.driver.bindAddress": HOST,
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.cores.max": "2",
}
"""What a driver on this machine needs so that each worker runs one small executor."""


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The master's address while the processes run; their logs stay in ``folder``."""
    port = _free_port()
    address = f"spark://{HOST}:{port}"
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(folder, "master", f"{CLASSES}.master.Master", "--host", HOST, "--port", str(port)))
        _wait(folder / "master.log", "I have been elected leader", started)
        for number in (1, 2):
            words = ["--host", HOST, "--cores", "1", "--memory", "600m", "--work-dir", str(folder / f"work-{number}")]
            started.append(_start(folder, f"worker-{number}", f"{CLASSES}.worker.Worker", *words, address))
        for number in (1, 2):
            _wait(folder / f"worker-{number}.log", "Successfully registered with master", started)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            process.wait(timeout=30)


def executors(folder: Path) -> set[str]:
    """Workers on which work was done: each starts its executors below its own folder."""
    return {path.parts[-3] for path in folder.glob("work-*/app-*/*")}


def _start(folder: Path, name: str, main: str, *words: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "SPARK_HOME": str(HOME),
        "SPARK_DAEMON_MEMORY": "160m",
        "SPARK_LOCAL_IP": HOST,
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
    }
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(HOME / "bin" / "spark-class"), main, "--webui-port", "0", *words],
            env=environment, stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip


def _wait(log: Path, said: str, processes: list["subprocess.Popen[bytes]"]) -> None:
    until = time.monotonic() + PATIENCE
    while not re.search(said, log.read_text(encoding="utf-8", errors="replace")):
        dead = [process.args for process in processes if process.poll() is not None]
        assert not dead, f"{dead} ended: {log.read_text(errors='replace')[-2000:]}"
        assert time.monotonic() < until, f"{log}: {log.read_text(errors='replace')[-2000:]}"
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])

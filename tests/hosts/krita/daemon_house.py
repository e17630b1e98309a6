"""A place where a daemon of the tests' own lives."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
from maquette_client.runtime_file import read_runtime_file


class DaemonHouse:
    """Where the daemon of the tests lives."""

    def __init__(self, folder: Path) -> None:
        self.runtime = folder / "run"
        self.runtime.mkdir(mode=0o700)
        self.data = folder / "data"
        self.variables = {
            "MAQUETTE_RUNTIME_DIR": str(self.runtime),
            "MAQUETTE_DATA_DIR": str(self.data),
            "MAQUETTE_COMMAND": os.environ.get("MAQUETTE_COMMAND", f"{sys.executable} -m maquette"),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
        }

    def pid(self) -> int | None:
        """Of the daemon that listens; one that was killed leaves its file behind."""
        found = read_runtime_file(self.runtime)
        if found is None or found.socket_path is None:
            return None
        with socket.socket(socket.AF_UNIX) as door:
            return found.pid if door.connect_ex(found.socket_path) == 0 else None

    def start(self) -> None:
        """As `maquette serve` in a terminal."""
        if self.pid() is None:
            environment = {**os.environ, **self.variables}
            with (self.runtime / "terminal.log").open("ab") as log:
                command = [*shlex.split(self.variables["MAQUETTE_COMMAND"]), "serve"]
                subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self, signal_number: int = signal.SIGKILL) -> None:
        """End the daemon, at once or politely."""
        if (pid := self.pid()) is not None:
            os.kill(pid, signal_number)

    def kill_engine(self) -> None:
        """End the process that runs the models."""
        for child in psutil.Process(self.pid()).children(recursive=True):
            if "maquette.engine" in child.cmdline():
                child.kill()

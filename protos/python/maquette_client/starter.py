"""Finding what starts the daemon, and starting it apart from the host."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from maquette_client.errors import ClientError
from maquette_client.locations import LOG_NAME, data_directory, ensure_private_directory, runtime_directory
from maquette_client.runtime_file import read_install_record

# What a host sets for its own interpreter or its own libraries and what would mislead another Python.
_HOST_VARIABLES = ("LD_LIBRARY_PATH", "LD_PRELOAD", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "APPDIR", "APPIMAGE", "ARGV0")
_HOST_PREFIXES = ("PYTHON", "DYLD_", "QT_", "BLENDER_", "KRITA_")

# Somebody else has started it at the same moment: it will answer soon.
ALREADY_RUNNING_EXIT_CODE = 3

_LAST_LINE_LENGTH = 300


def find_command(
    preferred: str | Sequence[str] | None = None,
    environment: Mapping[str, str] | None = None,
    data: Path | None = None,
) -> tuple[str, ...] | None:
    """The command line that is `maquette` on this machine, or None when Maquette is not installed.

    The first that is given of: the host's preference, ``MAQUETTE_COMMAND``, the install record in the data directory,
    ``maquette`` on the PATH. A choice of the user's that does not exist is not replaced by another.
    """
    environment = os.environ if environment is None else environment
    path = environment.get("PATH", os.defpath)
    if chosen := _split(preferred or environment.get("MAQUETTE_COMMAND")):
        return _existing(chosen, path)
    record = read_install_record(data_directory(environment) if data is None else data)
    return (_existing(list(record.command), path) if record else None) or _existing(["maquette"], path)


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what the host set for itself."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _HOST_VARIABLES and not name.startswith(_HOST_PREFIXES)
    }


class StartedDaemon:
    """A daemon that this process started; it outlives this process.

    Args:
        command: the command line that is `maquette`.
        environment: variables of the host; cleaned before use.

    Raises:
        ClientError: START_FAILED when the command cannot be run, UNSAFE_DIRECTORY.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        environment = clean_environment(os.environ if environment is None else environment)
        directory = runtime_directory(environment)
        ensure_private_directory(directory)
        self.log_path = directory / LOG_NAME
        self._process = _launch([*command, "serve"], environment, self.log_path)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """How it ended, or None while it runs; also lets the system forget it once it has ended."""
        return self._process.poll()

    def failure(self) -> ClientError:
        """Why it ended at once."""
        return ClientError(
            "START_FAILED",
            f"The daemon ended with code {self.exit_code()} while starting: {_last_line(self.log_path)}",
            "Run `maquette doctor` in a terminal; the log is " + str(self.log_path) + ".",
        )

    def forget(self) -> None:
        """Leave it to itself without a warning that it still runs."""
        if self._process.poll() is None:
            self._process.returncode = 0


def _launch(command: list[str], environment: dict[str, str], log_path: Path) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    try:
        descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=os.path.expanduser("~"),
                start_new_session=True,
                creationflags=flags,
            )
    except OSError as error:
        raise ClientError(
            "START_FAILED",
            f"The daemon could not be started with {shlex.join(command)}: {error.strerror or error}.",
            "Check the command in the host's preferences or MAQUETTE_COMMAND.",
        ) from error


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1][-_LAST_LINE_LENGTH:] if lines else "it said nothing."


def _existing(command: list[str], path: str) -> tuple[str, ...] | None:
    program = shutil.which(command[0], path=path)
    return (program, *command[1:]) if program else None


def _split(candidate: str | Sequence[str] | None) -> list[str]:
    if not candidate:
        return []
    if not isinstance(candidate, str):
        return list(candidate)
    # A bare path with spaces, as a file chooser gives it, is one word.
    if os.path.exists(candidate):
        return [candidate]
    try:
        return shlex.split(candidate, posix=sys.platform != "win32")
    except ValueError:
        return [candidate]

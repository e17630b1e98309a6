"""The file by which a client finds the running daemon, and the record by which it finds what to start."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from maquette_client.errors import ClientError
from maquette_client.locations import (
    INSTALL_RECORD_NAME,
    RUNTIME_FILE_NAME,
    check_private_directory,
    runtime_directories,
)

SCHEMA = 1

# Versions of the protocol that this client speaks.
PROTOCOL_MIN = 1
PROTOCOL_MAX = 1


@dataclass(frozen=True)
class RuntimeFile:
    """What a running daemon says about itself.

    Attributes:
        pid: process id of the server.
        instance_id: random name of this run, 32 hexadecimal digits.
        address: ``unix:/absolute/path`` or ``127.0.0.1:port``.
        token: secret of this run, 64 hexadecimal digits.
        protocol_min, protocol_max: versions of the protocol that the daemon speaks.
        version: version of Maquette.
    """

    pid: int
    instance_id: str
    address: str
    token: str = field(repr=False)
    protocol_min: int
    protocol_max: int
    version: str

    @property
    def socket_path(self) -> str | None:
        """Path of the unix socket; None for a TCP address."""
        return self.address[len("unix:") :] if self.address.startswith("unix:") else None

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Host and port of a TCP address.

        Raises:
            ValueError: the address is a unix socket or names no port.
        """
        host, _, port = self.address.rpartition(":")
        return host, int(port)


@dataclass(frozen=True)
class InstallRecord:
    """How the daemon is started: the command line without its subcommand, and the version that wrote it."""

    command: tuple[str, ...]
    version: str


def write_runtime_file(directory: Path, runtime_file: RuntimeFile) -> Path:
    """Write ``daemon.json`` in one step, readable by this user alone, and return its path."""
    return _write_atomically(directory / RUNTIME_FILE_NAME, {"schema": SCHEMA, **asdict(runtime_file)})


def read_runtime_file(directory: Path) -> RuntimeFile | None:
    """Read ``daemon.json``, whether or not its daemon still lives; None when there is none.

    Raises:
        ClientError: UNSAFE_DIRECTORY, or RUNTIME_FILE_CORRUPT.
    """
    try:
        check_private_directory(directory)
        text = (directory / RUNTIME_FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return _runtime_file_from(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise ClientError(
            "RUNTIME_FILE_CORRUPT",
            f"The runtime file {directory / RUNTIME_FILE_NAME} cannot be read.",
            "Stop the daemon, delete the file and start the daemon again.",
        ) from error


def remove_runtime_file(directory: Path, instance_id: str) -> None:
    """Remove ``daemon.json`` if this run of the daemon wrote it."""
    try:
        found = read_runtime_file(directory)
    except ClientError:
        return
    if found is not None and found.instance_id == instance_id:
        (directory / RUNTIME_FILE_NAME).unlink(missing_ok=True)


def find_runtime_file(directories: Iterable[Path] | None = None) -> RuntimeFile | None:
    """The newest runtime file whose process lives; None when no daemon runs.

    Raises:
        ClientError: UNSAFE_DIRECTORY or RUNTIME_FILE_CORRUPT, when no other directory has a daemon.
    """
    found: list[tuple[int, RuntimeFile]] = []
    problem: ClientError | None = None
    for directory in runtime_directories() if directories is None else directories:
        try:
            runtime_file = read_runtime_file(directory)
            if runtime_file is not None and process_lives(runtime_file.pid):
                found.append(((directory / RUNTIME_FILE_NAME).stat().st_mtime_ns, runtime_file))
        except ClientError as error:
            problem = problem or error
        except OSError:
            continue
    if found:
        return max(found, key=lambda entry: entry[0])[1]
    if problem is not None:
        raise problem
    return None


def write_install_record(directory: Path, record: InstallRecord) -> Path:
    """Write ``install.json`` into the data directory in one step and return its path."""
    directory.mkdir(parents=True, exist_ok=True)
    return _write_atomically(
        directory / INSTALL_RECORD_NAME,
        {"schema": SCHEMA, "command": list(record.command), "version": record.version},
    )


def read_install_record(directory: Path) -> InstallRecord | None:
    """Read ``install.json``; None when there is none or it cannot be understood."""
    try:
        content = json.loads((directory / INSTALL_RECORD_NAME).read_text(encoding="utf-8"))
        command = tuple(_text(part) for part in content["command"])
        return InstallRecord(command, _text(content["version"])) if command and content["schema"] == SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def process_lives(pid: int) -> bool:
    """Whether a process with this id runs (whoever owns it); one that has ended and waits for its parent does not."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _windows_process_lives(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OverflowError:
        return False
    except PermissionError:
        return True
    return not _has_ended(pid)


def _has_ended(pid: int) -> bool:
    # Linux only; elsewhere a child that its parent has not waited for counts as living.
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            after_name = stream.read().rpartition(b")")[2].split()
    except OSError:
        return False
    return after_name[:1] in ([b"Z"], [b"X"])


def _windows_process_lives(pid: int) -> bool:
    # On Windows os.kill(pid, 0) would end the process, so its handle is asked instead.
    import ctypes

    query_limited_information, still_active = 0x1000, 259
    kernel = cast(Any, ctypes).windll.kernel32
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return False
    try:
        code = ctypes.c_ulong()
        return bool(kernel.GetExitCodeProcess(handle, ctypes.byref(code))) and code.value == still_active
    finally:
        kernel.CloseHandle(handle)


def _runtime_file_from(content: dict[str, Any]) -> RuntimeFile:
    if content["schema"] != SCHEMA:
        raise ValueError("unknown schema")
    return RuntimeFile(
        pid=_number(content["pid"]),
        instance_id=_text(content["instance_id"]),
        address=_text(content["address"]),
        token=_text(content["token"]),
        protocol_min=_number(content["protocol_min"]),
        protocol_max=_number(content["protocol_max"]),
        version=_text(content["version"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _write_atomically(path: Path, content: dict[str, Any]) -> Path:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(content, indent=2) + "\n")
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path

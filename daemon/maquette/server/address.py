"""Where the daemon listens, and the lock that lets only one listen there."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from grpc.aio import Server
from maquette_client.errors import ClientError
from maquette_client.locations import (
    HAS_UNIX_SOCKETS,
    LOCK_NAME,
    LONGEST_SOCKET_PATH,
    SOCKET_NAME,
    ensure_private_directory,
)
from maquette_client.runtime_file import read_runtime_file

from maquette.errors import MaquetteError, Reason

LOOPBACK = "127.0.0.1"


def prepare_directory(directory: Path) -> None:
    """Create the runtime directory for this user alone, or make sure that it is so already.

    Raises:
        MaquetteError: UNSAFE_DIRECTORY.
    """
    try:
        ensure_private_directory(directory)
    except ClientError as error:
        raise MaquetteError(Reason(error.reason), error.message, error.action, error.details) from error


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _already_running(directory: Path) -> MaquetteError:
    try:
        running = read_runtime_file(directory)
    except ClientError:
        running = None
    who = "" if running is None else f" (process {running.pid})"
    return MaquetteError(
        Reason.ALREADY_RUNNING,
        f"Another daemon is already running{who}.",
        "Use it, or end it with `maquette stop`.",
        {} if running is None else {"pid": str(running.pid)},
    )


@contextmanager
def sole_daemon(directory: Path) -> Generator[None]:
    """Hold the directory's lock for the length of a block. The operating system frees it when the process dies.

    Raises:
        MaquetteError: ALREADY_RUNNING.
    """
    descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor)
        except OSError as error:
            raise _already_running(directory) from error
        yield
    finally:
        os.close(descriptor)


def _bind_unix(server: Server, directory: Path) -> str:
    path = directory / SOCKET_NAME
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise MaquetteError(
            Reason.UNSAFE_DIRECTORY,
            f"The runtime directory {directory} has too long a path for a socket.",
            "Set MAQUETTE_RUNTIME_DIR to a directory with a shorter path.",
        )
    remove_socket(directory)
    # gRPC makes the socket with the process's umask, and replaces what is there: only the lock's holder comes here.
    umask = os.umask(0o177)
    try:
        server.add_insecure_port(f"unix:{path}")
    finally:
        os.umask(umask)
    return f"unix:{path}"


def bind(server: Server, directory: Path, use_tcp: bool = not HAS_UNIX_SOCKETS) -> str:
    """Make the server listen; the address is ``unix:/absolute/path`` or ``127.0.0.1:port``.

    Raises:
        MaquetteError: UNSAFE_DIRECTORY, the path is too long or holds something that is not a socket.
    """
    if use_tcp:
        return f"{LOOPBACK}:{server.add_insecure_port(f'{LOOPBACK}:0')}"
    return _bind_unix(server, directory)


def remove_socket(directory: Path) -> None:
    """Remove the socket that this or a dead daemon has left.

    Raises:
        MaquetteError: UNSAFE_DIRECTORY, something else is in its place.
    """
    path = directory / SOCKET_NAME
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise MaquetteError(
            Reason.UNSAFE_DIRECTORY, f"{path} is in the way: it is not a socket.", "Move it away and start again."
        )
    path.unlink()

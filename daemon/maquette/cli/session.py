"""Calls to the daemon from a command: start it if needed, show progress, print what a person or a program reads."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.pump import Pump
from maquette_client.scenes import OnProgress
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from maquette.cli.installation import own_record
from maquette.store.atomic import write_atomically

Value = TypeVar("Value")


def call(work: Callable[[Connection], Coroutine[Any, Any, Value]], *, start: bool = True) -> Value:
    """What ``work`` returns when it is given a connection.

    Args:
        work: the calls to make.
        start: start the daemon if none runs.

    Raises:
        ClientError: whatever the connection or the daemon refuses.
    """
    pump = Pump()
    connection = Connection(preferred_command=own_record().command)

    async def connected() -> Value:
        await (connection.start() if start else connection.ready())
        return await work(connection)

    try:
        return pump.run(connected())
    finally:
        connection.close()
        pump.close()


@contextmanager
def progress_bar(title: str) -> Generator[OnProgress, None, None]:
    """A bar on standard error, gone when it is done; nothing where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(compact=True))
    console = Console(stderr=True)
    # What is said meanwhile belongs above the bar on a terminal, and into a file that it was sent to.
    shared = sys.stdout.isatty()
    disable = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=disable, redirect_stdout=shared) as progress:
        task = progress.add_task(title, total=1.0)
        yield lambda stage, fraction: progress.update(task, description=stage or title, completed=fraction)


def print_json(content: object) -> None:
    """Print for a program to read."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def write_file(path: Path, content: bytes) -> None:
    """Write a result.

    Raises:
        ClientError: FILE_NOT_WRITTEN.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ClientError(
            "FILE_NOT_WRITTEN", f"{path} cannot be written: {error.strerror}.", "Choose another file."
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all; its folder is made.

    Raises:
        ClientError: FILE_NOT_WRITTEN.
    """
    try:
        write_atomically(path, [content])
        umask = os.umask(0)
        os.umask(umask)
        path.chmod(0o666 & ~umask)
    except OSError as error:
        raise ClientError(
            "FILE_NOT_WRITTEN", f"{path} cannot be written: {error.strerror}.", "Choose another file."
        ) from error


def read_file(path: Path) -> bytes:
    """Read what the user named.

    Raises:
        ClientError: FILE_NOT_READ.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ClientError("FILE_NOT_READ", f"{path} cannot be read: {error.strerror}.", "Check its name.") from error


def megabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1e6:.1f} MB"

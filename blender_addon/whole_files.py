"""Files that are either written whole or left as they were."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes; what is larger is none of Maquette's files."""


def read_whole(path: Path) -> bytes:
    """What a file holds.

    Raises:
        OSError: it cannot be read, or is far too large.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError(f"it is larger than {LARGEST_FILE >> 20} MiB")
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; after a failure the old one is still there.

    Raises:
        OSError: it cannot be written.
    """
    # Where a link points to, so that the link stays one.
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise

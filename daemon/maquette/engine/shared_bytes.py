"""Large byte strings that pass between the two processes through memory instead of the pipe.

Each string is a file of its own in one private folder on a memory file system. The receiver deletes a file as it takes
it, and whichever process outlives the other deletes the folder, so nothing stays behind when one of them is killed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY_FILE_SYSTEM = Path("/dev/shm")
_PREFIX = "maquette-"


def _parent() -> Path:
    return MEMORY_FILE_SYSTEM if MEMORY_FILE_SYSTEM.is_dir() else Path(tempfile.gettempdir())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove_abandoned() -> None:
    """Delete folders of this user whose server no longer runs."""
    if os.name == "nt":
        return
    for folder in _parent().glob(f"{_PREFIX}{os.getuid()}-*"):
        pid = folder.name.removeprefix(f"{_PREFIX}{os.getuid()}-").split("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def create_folder() -> Path:
    """A new folder, mode 0700, named after this process."""
    user = os.getuid() if os.name != "nt" else 0
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{user}-{os.getpid()}-", dir=_parent()))


class SharedBytes:
    """One end of the shared folder.

    Args:
        folder: the folder, which exists.
        end: name of this end, so that the two ends never choose the same file name.
    """

    def __init__(self, folder: Path, end: str) -> None:
        self._folder = folder
        self._end = end
        self._count = 0

    def put(self, data: bytes) -> str | None:
        """Store ``data`` and return its name; None when the memory file system is full."""
        name = f"{self._end}{self._count}"
        self._count += 1
        path = self._folder / name
        try:
            path.write_bytes(data)
        except OSError:
            path.unlink(missing_ok=True)
            return None
        return name

    def take(self, name: str) -> bytes:
        """The bytes stored under ``name`` by the other end, which are deleted."""
        path = self._folder / name
        data = path.read_bytes()
        path.unlink()
        return data

    def clear(self) -> None:
        """Delete everything that either end has left."""
        for path in self._folder.glob("*"):
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

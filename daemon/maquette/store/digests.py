"""SHA-256 of large files, computed once per content."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import cast

from maquette.store.atomic import write_atomically


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class DigestCache:
    """Digests by path, size and modification time, kept in a JSON file.

    Args:
        path: the file; need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digests = self._read()

    def _read(self) -> dict[str, str]:
        # A cache that cannot be read is worth as much as none: everything in it can be computed again.
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(content, dict):
            return {}
        return {key: str(value) for key, value in cast("dict[str, object]", content).items()}

    def digest(self, path: Path) -> str:
        """SHA-256 of ``path``, in hexadecimal.

        Raises:
            OSError: the file cannot be read.
        """
        status = path.stat()
        key = f"{path}|{status.st_size}|{status.st_mtime_ns}"
        known = self._digests.get(key)
        if known is None:
            known = file_digest(path)
            self._remember(path, key, known)
        return known

    def _remember(self, path: Path, key: str, digest: str) -> None:
        others = {old: value for old, value in self._digests.items() if not old.startswith(f"{path}|")}
        self._digests = {**others, key: digest}
        try:
            write_atomically(self._path, [json.dumps(self._digests, indent=1).encode()])
        except OSError:
            # A read-only data directory costs time at the next start and nothing else.
            return

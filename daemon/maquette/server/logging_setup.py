"""The daemon's log: one file in the runtime directory, kept short, without secrets."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

_LARGEST_BYTES = 4 * 2**20
_FORMAT = "%(asctime)s server %(levelname)s %(name)s: %(message)s"


def open_log(path: Path) -> int:
    """File descriptor to append to, mode 0600; a log that has grown long makes room for a new one first."""
    if path.exists() and path.stat().st_size > _LARGEST_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def start_logging(descriptor: int) -> None:
    """Send every record to the log, and to standard error where a person is looking at it."""
    handlers: list[logging.Handler] = [logging.StreamHandler(os.fdopen(os.dup(descriptor), "a", encoding="utf-8"))]
    if sys.stderr.isatty():
        handlers.append(logging.StreamHandler())
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=handlers, force=True)

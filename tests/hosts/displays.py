"""Displays that nobody sees."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def open_display(size: str) -> Iterator[str]:
    """The name of a new display, ``:1`` for instance, of ``WIDTHxHEIGHT`` pixels."""
    read, write = os.pipe()
    arguments = ["-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset", "+extension", "GLX"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), *arguments], pass_fds=[write], stderr=subprocess.DEVNULL
    )
    os.close(write)
    try:
        # Xvfb dies when the pipe is closed before the whole line was read.
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# The fake models live beside the engine's tests.
sys.path.insert(0, str(Path(__file__).parent.parent / "engine"))

from daemon_process import Daemon, start_process


@pytest.fixture
def directory() -> Iterator[Path]:
    """A runtime directory whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        yield Path(folder, "run")


@pytest.fixture
def own_daemon(directory: Path) -> Iterator[Daemon]:
    """A daemon of one test, which may be harmed."""
    daemon = Daemon(directory, start_process(directory))
    yield daemon
    daemon.stop()


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """A daemon that tests share and must leave alive."""
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        daemon = Daemon(Path(folder, "run"), start_process(Path(folder, "run")))
        yield daemon
        assert daemon.stop() == 0

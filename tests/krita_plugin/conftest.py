"""The plugin's modules, imported from the checkout: without Krita, and all but the widgets without Qt."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "krita_plugin"))

from fake_krita_host import FakeCanvas, FakeHost
from fake_krita_painter import FakeConnection, FakePainter
from maquette_krita.client import Pump
from maquette_krita.studio import Studio

PATIENCE_SECONDS = 60


@pytest.fixture(scope="session")
def application():
    """The one Qt application of a process; only where a binding was chosen."""
    from maquette_krita import qt

    return qt.QApplication([])


@pytest.fixture
def canvas() -> FakeCanvas:
    return FakeCanvas((12, 10))


@pytest.fixture
def host(canvas) -> FakeHost:
    return FakeHost(canvas)


@pytest.fixture
def painter() -> FakePainter:
    return FakePainter()


@pytest.fixture
def connection() -> FakeConnection:
    return FakeConnection()


@pytest.fixture
def studio(host, painter, connection) -> Iterator[Studio]:
    studio = Studio(host, Pump(), connection, painter)
    yield studio
    studio.close()


@pytest.fixture
def settle(studio) -> Callable[[], None]:
    """Turn until nothing is in flight."""

    def settle() -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while studio.pump.busy:
            assert time.monotonic() < deadline
            studio.pump.turn()

    return settle


@pytest.fixture
def turn_until(studio) -> Callable[[Callable[[], bool]], None]:
    """Turn until something holds."""

    def turn_until(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline
            studio.pump.turn()

    return turn_until

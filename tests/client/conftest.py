from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from fake_daemon import FakeDaemon
from maquette_client.connection import Connection
from maquette_client.locations import RUNTIME_FILE_NAME
from maquette_client.pump import Pump

FAKE = Path(__file__).with_name("fake_daemon.py")
FAKE_ZOO = Path(__file__).parent.parent / "engine"


@pytest.fixture
def directory() -> Iterator[Path]:
    # pytest's own folders are too deep for the 104 characters of a unix socket's path.
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        yield Path(folder) / "run"


@pytest.fixture(autouse=True)
def _apart(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets the user's own daemon or installation."""
    monkeypatch.setenv("MAQUETTE_RUNTIME_DIR", str(directory))
    monkeypatch.setenv("MAQUETTE_DATA_DIR", str(directory.parent / "data"))
    monkeypatch.delenv("MAQUETTE_COMMAND", raising=False)


@pytest_asyncio.fixture
async def daemon(directory: Path) -> AsyncIterator[FakeDaemon]:
    daemon = FakeDaemon(directory)
    await daemon.start()
    yield daemon
    await daemon.stop()


@pytest_asyncio.fixture
async def connection() -> AsyncIterator[Connection]:
    connection = Connection()
    yield connection
    connection.close()
    await asyncio.sleep(0)


@pytest.fixture
def launch(directory: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the fake daemon as a process of its own and wait for its runtime file."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(**environment: str) -> subprocess.Popen[bytes]:
        (directory / RUNTIME_FILE_NAME).unlink(missing_ok=True)
        process = subprocess.Popen([sys.executable, str(FAKE), str(directory)], env={**os.environ, **environment})
        processes.append(process)
        deadline = time.monotonic() + 60
        while not (directory / RUNTIME_FILE_NAME).exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def server(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real server and engine, with models of a few lines."""
    environment = {**os.environ, "PYTHONPATH": str(FAKE_ZOO), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "maquette.server", "--models", "fake_zoo"]
    process = subprocess.Popen(command, env=environment)
    deadline = time.monotonic() + 60
    while not (directory / "daemon.json").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield process
    process.terminate()
    process.wait(60)


@pytest.fixture
def pump() -> Iterator[Pump]:
    pump = Pump()
    yield pump
    pump.close()


@pytest.fixture
def client(server: subprocess.Popen[bytes], pump: Pump) -> Iterator[Connection]:
    connection = Connection()
    yield connection
    connection.close()

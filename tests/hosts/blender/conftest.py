"""What every test in Blender needs: the packaged extension, a model, and a place for a daemon of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from maquette.packaging.blender import build
from maquette_client.runtime_file import read_runtime_file

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def extension(tmp_path_factory) -> Path:
    """The extension as artists install it."""
    return build(tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="session")
def data_directory(tmp_path_factory) -> Path:
    """A data directory with a small model."""
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([sys.executable, str(HERE / "random_rooms.py"), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def new_environment(data_directory, tmp_path_factory) -> Iterator[Callable[[], dict[str, str]]]:
    """Makes variables under which a Blender finds a daemon of its own; the daemons are ended."""
    runtimes: list[Path] = []

    def make() -> dict[str, str]:
        folder = tmp_path_factory.mktemp("blender")
        runtimes.append(folder / "run")
        runtimes[-1].mkdir(mode=0o700)
        return {
            **os.environ,
            "BLENDER_USER_RESOURCES": str(folder / "user"),
            "MAQUETTE_RUNTIME_DIR": str(runtimes[-1]),
            "MAQUETTE_DATA_DIR": str(data_directory),
            "MAQUETTE_COMMAND": f"{sys.executable} -m maquette",
            "OMP_NUM_THREADS": "1",
        }

    yield make
    for runtime in runtimes:
        if (daemon := read_runtime_file(runtime)) is not None:
            os.kill(daemon.pid, signal.SIGTERM)

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bench_model import write_tiny_model
from maquette.bench.private_daemon import PrivateDaemon, private_daemon


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def daemon(weights: Path) -> Iterator[PrivateDaemon]:
    """One daemon for every measurement that does not need one of its own."""
    with private_daemon(weights, threads=1) as daemon:
        yield daemon

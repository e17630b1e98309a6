"""The docker on both of Krita's Qt bindings, each in a process of its own: two in one would crash it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize("version", [5, 6])
def test_the_docker_works_on(version):
    if find_spec(f"PyQt{version}") is None:
        pytest.skip(f"PyQt{version} is not installed")
    loaded = subprocess.run(
        [sys.executable, "-c", f"import PyQt{version}.QtWidgets"], capture_output=True, text=True, check=False
    )
    if loaded.returncode != 0:
        pytest.skip(f"PyQt{version} lacks a system library: {loaded.stderr.strip().splitlines()[-1]}")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "MAQUETTE_TEST_QT": str(version)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *(str(HERE / name) for name in ("qt_checks.py", "qt_host_checks.py")),
    ]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=HERE)
    assert finished.returncode == 0, finished.stdout[-6000:] + finished.stderr[-2000:]

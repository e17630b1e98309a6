"""The extension in real Blender, with the real daemon: see drive_blender.py for what is done."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from maquette.packaging.blender import build
from maquette_client.runtime_file import read_runtime_file

HERE = Path(__file__).resolve().parent
MODEL = "random-rooms"
TIMEOUT_SECONDS = 240


def checks() -> list[str]:
    """The names of the checks, in their order, without importing Blender."""
    lines = (HERE / "drive_blender.py").read_text().splitlines()
    marked = (after for before, after in itertools.pairwise(lines) if before == "@check")
    return [line.removeprefix("def ").split("(")[0] for line in marked]


def pythons() -> list[str]:
    """This Python, and those that the machine names: each with a Blender of its own."""
    named = os.environ.get("MAQUETTE_BLENDER_PYTHONS", "")
    return [sys.executable, *(path for path in named.split(os.pathsep) if path)]


@pytest.fixture(scope="session")
def extension(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="session")
def data_directory(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([sys.executable, str(HERE / "random_rooms.py"), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module", params=pythons(), ids=lambda path: Path(path).parents[1].name)
def outcome(request, extension, data_directory, tmp_path_factory) -> dict:
    """Everything that was done in one Blender."""
    python = request.param
    found = subprocess.run([python, "-c", "import importlib.util as u; exit(u.find_spec('bpy') is None)"], check=False)
    if found.returncode != 0:
        pytest.skip(f"{python} has no Blender: pip install bpy")
    folder = tmp_path_factory.mktemp("blender")
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    environment = {
        **os.environ,
        "BLENDER_USER_RESOURCES": str(folder / "user"),
        "MAQUETTE_RUNTIME_DIR": str(runtime),
        "MAQUETTE_DATA_DIR": str(data_directory),
        "MAQUETTE_COMMAND": f"{sys.executable} -m maquette",
        "OMP_NUM_THREADS": "1",
    }
    result = folder / "result.json"
    command = [python, str(HERE / "drive_blender.py"), str(extension), str(result), MODEL]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    finally:
        if (daemon := read_runtime_file(runtime)) is not None:
            os.kill(daemon.pid, signal.SIGTERM)
    assert result.exists(), f"Blender ended with code {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return json.loads(result.read_text())


@pytest.mark.host
@pytest.mark.xdist_group("blender")
@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
@pytest.mark.parametrize("name", checks())
def test_blender(outcome, name):
    check = outcome["checks"][name]
    assert check["ok"], f"Blender {outcome['version']}: {check['error']}"

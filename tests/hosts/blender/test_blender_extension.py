"""The extension in real Blender, with the real daemon: see drive_blender.py for what is done."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from check_modules import MODULES

HERE = Path(__file__).resolve().parent
MODEL = "random-rooms"
TIMEOUT_SECONDS = 480


def checks() -> list[str]:
    """The names of the checks, in their order, without importing Blender."""
    names: list[str] = []
    for module in MODULES:
        text = (HERE / f"checks_{module}.py").read_text()
        names += re.findall(r"(?m)^@check\ndef (\w+)", text)
    return names


def pythons() -> list[str]:
    """This Python, and those that the machine names: each with a Blender of its own."""
    named = os.environ.get("MAQUETTE_BLENDER_PYTHONS", "")
    return [sys.executable, *(path for path in named.split(os.pathsep) if path)]


def has_blender(python: str) -> bool:
    """Whether this Python exists and has Blender as a module."""
    search = "import importlib.util as u; raise SystemExit(u.find_spec('bpy') is None)"
    return shutil.which(python) is not None and subprocess.run([python, "-c", search], check=False).returncode == 0


def drive(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )


@pytest.fixture(scope="module", params=pythons(), ids=lambda path: Path(path).parents[1].name)
def outcome(request, extension, new_environment, tmp_path_factory) -> dict:
    """Everything that was done in one Blender."""
    python = request.param
    if not has_blender(python):
        pytest.skip(f"Blender was left out: {python} cannot import bpy (pip install bpy)")
    result = tmp_path_factory.mktemp("result") / "result.json"
    command = [python, str(HERE / "drive_blender.py"), str(extension), str(result), MODEL]
    done = drive(command, new_environment())
    if done.returncode == -signal.SIGSEGV:
        # Blender 5.2 has been seen to crash in undo without a window: once is told, twice fails.
        warnings.warn(f"{python} crashed after:\n{done.stdout[-300:]}", stacklevel=2)
        done = drive(command, new_environment())
    assert result.exists(), f"Blender ended with code {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return json.loads(result.read_text())


@pytest.mark.host
@pytest.mark.xdist_group("blender")
@pytest.mark.timeout(2 * TIMEOUT_SECONDS + 30)
@pytest.mark.parametrize("name", checks())
def test_blender(outcome, name):
    check = outcome["checks"][name]
    assert check["ok"], f"Blender {outcome['version']}: {check['error']}"

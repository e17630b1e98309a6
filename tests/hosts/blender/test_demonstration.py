"""The demonstration as a new user runs it: embedded weights, a daemon and a Blender of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
from maquette.demo.steps import STEPS
from PIL import Image

TIMEOUT_SECONDS = 240


@pytest.mark.host
@pytest.mark.xdist_group("blender")
@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
def test_the_demonstration_rearranges_a_room(tmp_path):
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("The demonstration was left out: this Python has no Blender (pip install bpy)")
    command = [sys.executable, "-m", "maquette", "demo", "--output", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    facts = json.loads((tmp_path / "timings.json").read_text())
    assert list(facts["steps"]) == [step.key for step in STEPS]
    assert facts["steps"]["move"]["drag_frames"] > 1
    sheet = Image.open(tmp_path / "contact-sheet.png")
    assert len(sheet.getcolors(1 << 24) or []) > 1000
    assert list(tmp_path.glob("maquette-*.zip"))

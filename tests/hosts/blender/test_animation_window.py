"""An animation in a Blender with a window, on a display of its own: see drive_animation_window.py for what is done."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from displays import open_display
from test_blender_window import has_numpy

DRIVE = Path(__file__).with_name("drive_animation_window.py")
MODEL = "random-rooms"
# Every frame is drawn in software.
PATIENCE_SECONDS = 300


@pytest.mark.host
@pytest.mark.xdist_group("blender-window")
@pytest.mark.timeout(PATIENCE_SECONDS + 60)
def test_a_person_stops_an_animation_and_goes_on(extension, new_environment, tmp_path):
    missing = [name for name in ("blender", "Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"An animation in a window was left out: no {' and no '.join(missing)} on the PATH")
    if not has_numpy():
        pytest.skip("An animation in a window was left out: Blender's Python has no numpy (apt install python3-numpy)")
    with zipfile.ZipFile(extension) as archive:
        archive.extractall(tmp_path / "packages" / "maquette_extension")
    with open_display("1000x700") as display:
        facts = drive({**new_environment(), "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}, tmp_path)
    assert "error" not in facts, facts["error"]
    assert facts["begun"] == facts["went_on"] == ["RUNNING_MODAL"]
    assert "of 40" in facts["said"]
    assert 2 <= facts["stopped"] < 40
    assert facts["stands_at"] == 17
    assert facts["finished"] == facts["stopped"] + 2


def drive(environment: dict[str, str], folder: Path) -> dict:
    """What Blender wrote down."""
    daemon = subprocess.Popen([sys.executable, "-m", "maquette", "serve"], env=environment, stderr=subprocess.DEVNULL)
    window = ["--window-geometry", "0", "0", "1000", "700"]
    script = ["--python", str(DRIVE), "--", str(folder / "packages"), str(folder), MODEL]
    command = ["blender", "--factory-startup", *window, "--python-exit-code", "3", *script]
    try:
        done = subprocess.run(
            command,
            env={**environment, "HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    finally:
        daemon.terminate()
        daemon.wait()
    result = folder / "result.json"
    assert result.exists(), (done.stdout + done.stderr)[-3000:]
    return json.loads(result.read_text())

"""The extension in a Blender with a window, on a display of its own: see drive_window.py for what is done."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from displays import open_display

HERE = Path(__file__).resolve().parent
MODEL = "random-rooms"
PATIENCE_SECONDS = 200


@pytest.fixture
def display() -> Iterator[str]:
    """The name of a display that nobody sees."""
    with open_display("1280x800") as name:
        yield name


def wait_for(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)


def has_numpy() -> bool:
    """Blender's own builds bring numpy along; a distribution's may not."""
    command = ["blender", "-b", "--factory-startup", "--python-exit-code", "3", "--python-expr", "import numpy"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.host
@pytest.mark.xdist_group("blender-window")
@pytest.mark.timeout(2 * PATIENCE_SECONDS + 60)
def test_a_person_drags_in_a_window(extension, new_environment, tmp_path, request):
    missing = [name for name in ("blender", "Xvfb") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"Blender with a window was left out: no {' and no '.join(missing)} on the PATH")
    if not has_numpy():
        pytest.skip("Blender with a window was left out: its Python has no numpy (apt install python3-numpy)")
    environment = {
        **new_environment(),
        "DISPLAY": request.getfixturevalue("display"),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "HOME": str(tmp_path),
    }
    with zipfile.ZipFile(extension) as archive:
        archive.extractall(tmp_path / "packages" / "maquette_extension")
    daemon = subprocess.Popen([sys.executable, "-m", "maquette", "serve"], env=environment, stderr=subprocess.DEVNULL)
    script = [str(HERE / "drive_window.py"), "--", str(tmp_path / "packages"), str(tmp_path), MODEL]
    window = ["--window-geometry", "0", "0", "1280", "800"]
    with (tmp_path / "blender.log").open("wb") as log:
        blender = subprocess.Popen(
            ["blender", "--factory-startup", *window, "--python-exit-code", "3", "--python", *script],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for((tmp_path / "ready").exists, blender)
            show_the_panel(environment, tmp_path)
            (tmp_path / "go").touch()
            wait_for((tmp_path / "result.json").exists, blender)
        finally:
            blender.terminate()
            daemon.terminate()
            blender.wait()
            daemon.wait()
    result = tmp_path / "result.json"
    assert result.exists(), (tmp_path / "blender.log").read_text(errors="replace")[-3000:]
    check(json.loads(result.read_text()), clicked=shutil.which("xdotool") is not None)


def show_the_panel(environment: dict[str, str], folder: Path) -> None:
    """Click the tab at the window's right side, and keep a picture of it all (both if the tools are there)."""
    if shutil.which("xdotool"):
        subprocess.run(["xdotool", "mousemove", "1043", "254", "click", "1"], env=environment, check=False)
        time.sleep(1.5)
    if shutil.which("import"):
        picture = str(folder / "window.png")
        subprocess.run(["import", "-window", "root", picture], env=environment, check=False)


def check(facts: dict, clicked: bool) -> None:
    """What the person saw."""
    assert "error" not in facts, facts["error"]
    assert facts["operator"] == ["RUNNING_MODAL"]
    assert facts["frames"] >= 2, facts
    assert facts["final"], facts
    for seen in ("map", "name_is_at_the_bed", "picture_changed", "undone", "followed_undo", "picture_restored"):
        assert facts[seen], (seen, facts)
    assert {"Bed", "Lamp", "Rug"} <= set(facts["names"]), facts
    assert "Floor" not in facts["names"], facts
    red, _, blue, _ = facts["active_colour"]
    assert red > 2 * blue, facts
    assert facts["dragged"] > 0.01, facts
    assert not facts["timer_at_rest"], facts
    assert any("Runs on" in sentence for sentence in facts["sentences"]), facts
    assert facts["previewed"], facts
    if clicked:
        assert facts["drawn"] > 0, facts
        assert facts["sections"] > 0, facts
        assert facts["given_up"], facts

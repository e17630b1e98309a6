"""An animation rendered into files by Blender without a window: frames a second, PNG files and all."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork, processor_seconds
from maquette.bench.private_daemon import PrivateDaemon, private_folder
from maquette.errors import MaquetteError, Reason

_SECONDS_PER_FRAME = 10


def measure_animation(daemon: PrivateDaemon, frames: int = 250) -> list[Measurement]:
    """Render an animation in which every blob moves, and then once more, when all of it is finished.

    Raises:
        MaquetteError: NOT_INSTALLED without Blender as a Python module, INTERNAL when Blender fails.
    """
    if find_spec("bpy") is None:
        raise MaquetteError(
            Reason.NOT_INSTALLED,
            "This measurement needs Blender as a Python module.",
            "Install it with: pip install 'maquette[blender]'.",
        )
    # Loads the model.
    daemon.sampled_scene()
    others = OtherWork()
    with private_folder() as folder:
        before = _daemon_seconds(daemon)
        facts = _animate(daemon, folder, frames)
        facts["daemon_seconds"] = _daemon_seconds(daemon) - before
    return _measurements(facts, frames, others.cores())


def _daemon_seconds(daemon: PrivateDaemon) -> float:
    """Processor time of server and engine."""
    return processor_seconds(daemon.server()) + processor_seconds(daemon.engine())


def _measurements(facts: dict[str, Any], frames: int, cores: float) -> list[Measurement]:
    apart = [1e-6 * (second - first) for first, second in itertools.pairwise(facts["written_at"])]
    rows = [
        ("frames, PNG and all", "per s", [frames / facts["seconds"]], Bar(Statistic.MEDIAN, 10.0, at_least=True)),
        ("frame → next frame", "ms", apart, None),
        ("processor time of Blender, each", "ms", [1e3 * facts["blender_seconds"] / frames], None),
        ("processor time of the daemon, each", "ms", [1e3 * facts["daemon_seconds"] / frames], None),
        ("finished frames looked through", "per s", [frames / facts["again_seconds"]], None),
        ("finished frames made again", "frames", [float(facts["made_again"])], Bar(Statistic.MAXIMUM, 0.0)),
    ]
    return [
        Measurement(f"animation, {frames} frames: {what}", unit, values, bar, cores) for what, unit, values, bar in rows
    ]


def _animate(daemon: PrivateDaemon, folder: Path, frames: int) -> dict[str, Any]:
    from maquette.packaging.blender import build

    environment = {
        **os.environ,
        "BLENDER_USER_RESOURCES": str(folder / "blender"),
        "MAQUETTE_RUNTIME_DIR": str(daemon.folder / "run"),
        "MAQUETTE_DATA_DIR": str(daemon.folder / "data"),
    }
    session = [str(build(folder)), str(folder / "frames"), daemon.model_id, str(frames)]
    done = subprocess.run(
        [sys.executable, "-m", "maquette.bench.blender_animation", *session],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120 + _SECONDS_PER_FRAME * frames,
        check=False,
    )
    if done.returncode != 0:
        raise MaquetteError(
            Reason.INTERNAL, f"Blender failed: {(done.stdout + done.stderr)[-800:]}", "Run the measurement alone."
        )
    return json.loads(done.stdout.strip().splitlines()[-1])

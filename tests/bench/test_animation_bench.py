"""The animation benchmark, a few frames long."""

from __future__ import annotations

import importlib.util

import pytest
from maquette.bench.animation import measure_animation
from maquette.bench.private_daemon import PrivateDaemon


@pytest.mark.host
@pytest.mark.xdist_group("bench")
def test_an_animation_is_timed_and_nothing_is_made_twice(daemon: PrivateDaemon) -> None:
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("The benchmark was left out: this Python has no Blender (pip install bpy)")
    found = {item.what.removeprefix("animation, 6 frames: "): item for item in measure_animation(daemon, frames=6)}
    assert len(found["frame → next frame"].values) == 5
    assert found["frames, PNG and all"].median > 0
    assert found["processor time of Blender, each"].median > 0
    assert found["finished frames made again"].met

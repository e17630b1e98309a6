"""Three small lands rendered by Blender in a process of its own, and whether the pixels agree with the descriptions."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from maquette.training.lands.description import describe_land
from maquette.training.lands.terrain import shape_ground
from maquette.training.lands.types import SURFACES, Surface
from render_three_lands import HEIGHT, SEEDS, WIDTH

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("blender")]

Renders = dict[str, dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def renders(tmp_path_factory) -> Renders:
    """What Blender rendered, by name."""
    if importlib.util.find_spec("bpy") is None:
        reason = f"Blender was left out: {sys.executable} cannot import bpy (pip install bpy)"
        (pytest.fail if os.environ.get("MAQUETTE_REQUIRE_HOSTS") == "1" else pytest.skip)(reason)
    folder = tmp_path_factory.mktemp("lands")
    command = [sys.executable, str(Path(__file__).with_name("render_three_lands.py")), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, f"Blender ended with code {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return {name: dict(np.load(folder / f"{name}.npz")) for name in [*map(str, SEEDS), "again"]}


def shows(render: dict[str, np.ndarray], surface: Surface) -> np.ndarray:
    """Whether each pixel shows a surface."""
    return render["mask"] == SURFACES.index(surface)


def test_renders_are_pictures_with_depths_and_masks(renders):
    shapes = {"picture": ((HEIGHT, WIDTH, 3), "uint8"), "depth": ((HEIGHT, WIDTH), "float16")}
    shapes["mask"] = ((HEIGHT, WIDTH), "uint8")
    for render in renders.values():
        assert {name: (array.shape, str(array.dtype)) for name, array in render.items()} == shapes
        assert render["picture"].std() > 10
        assert np.isfinite(render["depth"]).all()
        assert render["mask"].max() < len(SURFACES)


def test_a_land_renders_the_same_whatever_was_rendered_before(renders):
    for name, array in renders[str(SEEDS[0])].items():
        np.testing.assert_array_equal(renders["again"][name], array)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sky_is_above_and_the_land_below(renders, seed):
    render = renders[str(seed)]
    horizon = describe_land(seed).view.horizon * HEIGHT
    rows = np.arange(HEIGHT)[:, None] + 0.5
    sky = shows(render, Surface.SKY)
    assert sky.any()
    assert not (sky & (rows > horizon + 3)).any()
    assert (render["depth"][sky] > 5000).all()
    assert (render["depth"][~sky] < 16000).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_water_is_where_the_land_has_it_and_as_far_as_its_level_says(renders, seed):
    land, render = describe_land(seed), renders[str(seed)]
    water = shows(render, Surface.WATER)
    assert water.any() == (land.water is not None)
    if land.water is None:
        return
    row, column = np.argwhere(water)[-1]
    tall = land.view.span * HEIGHT / WIDTH
    fall = (row + 0.5) / HEIGHT * tall - land.view.horizon * tall
    away = (shape_ground(land).eye - land.water.level) * np.hypot(1, fall) / fall
    assert render["depth"][row, column] == pytest.approx(away, rel=0.1)

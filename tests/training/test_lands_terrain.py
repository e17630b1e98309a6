"""The ground, and what stands on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.training.lands.description import describe_land
from maquette.training.lands.plants import VARIANTS, build_plant
from maquette.training.lands.scatter import scatter
from maquette.training.lands.terrain import (
    FARTHEST,
    NEAREST,
    RINGS,
    SPOKES,
    fan,
    height_at,
    sample_ground,
    shape_ground,
    smooth_step,
)
from maquette.training.lands.types import BIOMES, SURFACES, Biome, LandDescription, Plant, Surface


def land_of(biome: Biome, start: int = 0) -> LandDescription:
    return next(land for land in map(describe_land, range(start, start + 500)) if land.biome is biome)


@pytest.mark.parametrize("biome", BIOMES)
def test_the_ground_of_every_biome_is_whole_and_below_the_eye(biome):
    land = land_of(biome)
    ground = shape_ground(land)
    assert ground.points.shape == ground.colours.shape == (RINGS, SPOKES, 3)
    assert ground.surfaces.shape == (RINGS - 1, SPOKES - 1)
    assert np.isfinite(ground.points).all()
    assert np.ptp(ground.points[..., 2]) > 3
    assert (ground.slope >= 0).all()
    assert ground.colours.min() > 0
    assert ground.colours.max() < 1
    assert ground.eye > float(np.median(ground.points[: RINGS // 8, :, 2]))
    if land.water:
        assert ground.eye > land.water.level + 1


def test_ground_and_growth_come_from_the_seed_alone():
    land = describe_land(12345)
    first, second = shape_ground(land), shape_ground(land)
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(scatter(land, first, False).corners, scatter(land, second, False).corners)


def test_the_ground_says_what_it_is():
    kinds = {surface: SURFACES.index(surface) for surface in SURFACES}
    canyon = shape_ground(land_of(Biome.CANYON)).surfaces
    forest = shape_ground(land_of(Biome.FOREST)).surfaces
    assert (canyon == kinds[Surface.ROCK]).mean() > 0.02
    assert (forest == kinds[Surface.VEGETATION]).mean() > 0.1
    for faces in (canyon, forest):
        assert not np.isin(faces, (kinds[Surface.SKY], kinds[Surface.WATER])).any()


def test_left_and_right_are_alike():
    azimuth, distance = (plane[::8, ::8] for plane in fan(2.0))
    x, y = distance * np.sin(azimuth), distance * np.cos(azimuth)
    heights = np.stack([height_at(describe_land(seed), x, y) for seed in range(60)])
    half = azimuth.shape[1] // 2
    left, right = heights[:, :, :half].mean(), heights[:, :, half:].mean()
    assert abs(left - right) < 0.15 * heights.std()


def test_the_fan_reaches_from_the_feet_to_the_horizon_beyond_both_edges():
    azimuth, distance = fan(2.0)
    assert distance[0, 0] == pytest.approx(NEAREST)
    assert distance[-1, 0] == pytest.approx(FARTHEST)
    assert (np.diff(distance, axis=0) > 0).all()
    assert azimuth.min() < -1.0 < 1.0 < azimuth.max()


def test_the_ground_is_sampled_where_its_vertices_are_and_between_them():
    ground = shape_ground(describe_land(3))
    rows, columns = np.array([0, 40, 120, 198]), np.array([5, 100, 250, 300])
    x, y, z = ground.points[rows, columns].T
    height, slope = sample_ground(ground, x, y)
    np.testing.assert_allclose(height, z, atol=0.02 * np.ptp(ground.points[..., 2]))
    assert (slope >= 0).all()


def test_heights_do_not_depend_on_what_else_is_asked():
    land = describe_land(9)
    x, y = np.float32([10, 200, -900]), np.float32([30, 400, 1500])
    together = height_at(land, x, y)
    alone = [height_at(land, x[i : i + 1], y[i : i + 1])[0] for i in range(3)]
    np.testing.assert_array_equal(together, alone)


@given(st.floats(-5, 5, width=32))
def test_a_smooth_step_stays_between_its_ends(value):
    step = float(smooth_step(-1, 2, np.float32([value]))[0])
    assert 0 <= step <= 1
    assert (value > -1) or step == 0
    assert (value < 2) or step == 1


@pytest.mark.parametrize("plant", Plant)
@pytest.mark.parametrize("distant", [False, True])
def test_every_plant_is_about_a_metre_tall_and_has_its_own_shapes(plant, distant):
    models = [build_plant(plant, variant, distant) for variant in range(VARIANTS)]
    for model in models:
        assert model.triangles.shape == (len(model.shades), 3, 3)
        assert model.leaf.shape == model.shades.shape
        assert 0.4 < model.triangles[..., 2].max() < 1.7
        assert np.abs(model.triangles[..., :2]).max() < 2.5
        assert model.leaf.any() != (plant is Plant.DEAD)
        assert (model.shades > 0).all()
    assert len({model.triangles.tobytes() for model in models}) == VARIANTS


def test_distant_trees_have_far_fewer_triangles():
    for plant in (Plant.CONIFER, Plant.BROADLEAF, Plant.POPLAR, Plant.BUSH, Plant.ROCK):
        assert 2.5 * len(build_plant(plant, 0, True).shades) < len(build_plant(plant, 0, False).shades)


@pytest.mark.parametrize("biome", [Biome.LAKE, Biome.COAST, Biome.ISLANDS])
def test_nothing_grows_in_the_water(biome):
    land = land_of(biome)
    grown = scatter(land, shape_ground(land), rocks=False)
    level = land.water.level if land.water else 0
    assert len(grown.corners) == len(grown.colours) > 0
    # Blades of grass and foliage begin a little below where the plant stands.
    assert np.quantile(grown.corners[..., 2], 0.01) > level - 0.5


def test_rocks_and_plants_are_kept_apart():
    land = land_of(Biome.MOUNTAINS)
    ground = shape_ground(land)
    rocks = [growth for growth in land.growths if growth.plant is Plant.ROCK]
    bare = replace(land, growths=tuple(rocks))
    assert len(scatter(bare, ground, rocks=False).corners) == 0
    assert len(scatter(bare, ground, rocks=True).corners) > 0

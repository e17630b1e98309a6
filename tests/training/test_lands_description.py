"""Lands by seed: always the same, various, and within what the renderer can show."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.lands.biomes import DESCRIBERS
from maquette.training.lands.description import SPAN, describe_land
from maquette.training.lands.labels import label_land
from maquette.training.lands.light import HOURS, describe_light, mixed, varied
from maquette.training.lands.types import BIOMES, TIMES, Biome, Plant, Time

seeds = st.integers(0, 10**9)
unit = st.floats(0, 1)


@given(seeds)
def test_a_seed_always_gives_the_same_land(seed):
    assert describe_land(seed) == describe_land(seed)


def test_neighbouring_seeds_give_different_lands():
    assert len({describe_land(seed) for seed in range(100)}) == 100


def test_every_biome_and_every_time_of_day_is_among_a_few_hundred_lands():
    lands = [describe_land(seed) for seed in range(600)]
    biomes, times = Counter(land.biome for land in lands), Counter(land.time for land in lands)
    assert set(biomes) == set(BIOMES)
    assert set(times) == set(TIMES)
    assert min(biomes.values()) > 600 / len(BIOMES) / 2
    assert min(times.values()) > 30


@given(seeds)
def test_a_land_can_be_seen(seed):
    land = describe_land(seed)
    assert 0.3 < land.view.horizon < 0.65
    assert land.view.eye > 1
    assert 0 < land.light.elevation < math.pi / 2
    assert land.sky.haze_distance > 500
    for growth in land.growths:
        assert 0 < growth.near < growth.far
        assert growth.count > 0
        assert growth.height > 0


@given(seeds, st.sampled_from(TIMES))
def test_colours_of_light_are_light(seed, time):
    light, sky = describe_light(Random(seed), time, SPAN)
    for colour in (light.colour, sky.zenith, sky.middle, sky.low, sky.horizon, sky.haze):
        assert all(0 <= channel <= 1 for channel in colour)
    assert 0 <= sky.clouds.cover <= 1


@pytest.mark.parametrize("biome", BIOMES)
def test_colours_of_every_biome_reflect_less_than_all_light(biome):
    for seed in range(20):
        _, reliefs, soil, water, growths = DESCRIBERS[biome](Random(seed))
        assert reliefs
        colours = [soil.main, soil.other, soil.dry, soil.rock, soil.shore, soil.forest]
        colours += [growth.colour for growth in growths if growth.plant is not Plant.ROCK]
        colours += [water.colour] if water else []
        assert all(0 <= channel <= 1 for colour in colours for channel in colour)


def test_coasts_lakes_and_islands_have_water_and_dunes_have_none():
    for seed in range(20):
        wet = {biome: DESCRIBERS[biome](Random(seed))[3] is not None for biome in BIOMES}
        assert wet[Biome.COAST]
        assert wet[Biome.LAKE]
        assert wet[Biome.ISLANDS]
        assert not wet[Biome.DUNES]


def test_night_is_darker_than_noon_and_alone_has_stars():
    for night in HOURS[Time.MOONLIT]:
        assert night.stars > 0
        assert all(sum(night.zenith) < sum(noon.zenith) for noon in HOURS[Time.NOON])
    assert not any(hour.stars for time in TIMES if time is not Time.MOONLIT for hour in HOURS[time])


@settings(max_examples=40)
@given(st.tuples(unit, unit, unit), st.floats(-0.1, 0.1), st.floats(0.5, 1.5))
def test_varying_a_colour_keeps_it_in_range_and_its_brightest_channel(srgb, turn, wash):
    colour = varied(srgb, turn, wash)
    assert all(-1e-9 <= channel <= 1 + 1e-9 for channel in colour)
    assert max(colour) == pytest.approx(max(srgb) ** 2.2, abs=1e-6)


def test_mixing_goes_from_the_first_colour_to_the_second():
    assert mixed((0, 0, 0), (1, 0.5, 0.25), 0) == (0, 0, 0)
    assert mixed((0, 0, 0), (1, 0.5, 0.25), 1) == (1, 0.5, 0.25)


@given(seeds)
def test_labels_say_what_the_land_is(seed):
    land = describe_land(seed)
    labels = label_land(land)
    assert BIOMES[int(labels["biome"])] is land.biome
    assert TIMES[int(labels["time"])] is land.time
    assert float(labels["horizon"]) == pytest.approx(land.view.horizon)
    assert bool(labels["sky"][3]) == (land.water is not None)
    assert labels["light"].shape == (6,)
    assert labels["view"].shape == (2,)

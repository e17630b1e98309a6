"""Lands by seed: biome, hour, relief, soil, water and what grows there. Pure and deterministic."""

import math
from random import Random

from maquette.training.lands.biomes import DESCRIBERS
from maquette.training.lands.light import describe_light
from maquette.training.lands.types import BIOMES, Biome, LandDescription, Time, View

SPAN = math.radians(115)
"""Radians from the left to the right edge of a picture."""

_TIMES: dict[Time, float] = {
    Time.DAWN: 0.17,
    Time.NOON: 0.22,
    Time.AFTERNOON: 0.2,
    Time.DUSK: 0.17,
    Time.OVERCAST: 0.13,
    Time.MOONLIT: 0.11,
}


def describe_land(seed: int) -> LandDescription:
    """The land of a seed: the same description on every machine, whatever was described before."""
    rng = Random(f"lands-1:{seed}")
    biome: Biome = BIOMES[seed % len(BIOMES)] if rng.random() < 0.5 else rng.choice(BIOMES)
    time = rng.choices(list(_TIMES), list(_TIMES.values()))[0]
    light, sky = describe_light(rng, time, SPAN)
    eye, reliefs, soil, water, growths = DESCRIBERS[biome](rng)
    view = View(SPAN, rng.uniform(0.34, 0.6), eye)
    return LandDescription(seed, biome, time, view, light, sky, reliefs, soil, water, growths)

"""Where plants and rocks stand, and all of their triangles in one array."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maquette.training.lands.noise import Plane, fractal_noise
from maquette.training.lands.plants import VARIANTS, build_plant
from maquette.training.lands.terrain import MARGIN, Ground, sample_ground
from maquette.training.lands.types import Colour, Growth, LandDescription, Plant

BARK: Colour = (0.075, 0.05, 0.035)
DISTANT = 14.0
"""How many times its height away a plant is drawn with few triangles."""


@dataclass(frozen=True)
class Scattered:
    """Triangles of one surface: `corners` (T, 3, 3) metres, `colours` (T, 3) linear light."""

    corners: NDArray[np.float32]
    colours: NDArray[np.float32]


def scatter(land: LandDescription, ground: Ground, rocks: bool) -> Scattered:
    """All rocks of a land, or all that grows on it."""
    pieces = [
        _scatter_growth(land, ground, growth, index)
        for index, growth in enumerate(land.growths)
        if (growth.plant is Plant.ROCK) == rocks
    ]
    pieces = [piece for growth in pieces for piece in growth]
    if not pieces:
        return Scattered(np.zeros((0, 3, 3), np.float32), np.zeros((0, 3), np.float32))
    return Scattered(
        np.concatenate([piece.corners for piece in pieces]), np.concatenate([piece.colours for piece in pieces])
    )


def _scatter_growth(land: LandDescription, ground: Ground, growth: Growth, index: int) -> list[Scattered]:
    rng = np.random.default_rng([land.seed, index])
    places = _stand(land, ground, growth, rng, index)
    if not len(places):
        return []
    heights = growth.height * rng.uniform(0.6, 1.4, len(places))
    turns = rng.uniform(0, 2 * math.pi, len(places))
    mixes = rng.uniform(0, 1, len(places))
    kinds = rng.integers(0, VARIANTS, len(places))
    distant = np.hypot(places[:, 0], places[:, 1]) > DISTANT * growth.height
    pieces: list[Scattered] = []
    for variant in range(VARIANTS):
        for far in (False, True):
            chosen = np.nonzero((kinds == variant) & (distant == far))[0]
            if len(chosen):
                tint = _tints(growth, mixes[chosen], rng)
                pieces.append(_copies(growth, variant, far, places[chosen], heights[chosen], turns[chosen], tint, rng))
    return pieces


def _stand(
    land: LandDescription, ground: Ground, growth: Growth, rng: np.random.Generator, index: int
) -> NDArray[np.float32]:
    """Places (N, 3) on dry, not too steep ground, in groups as far as the growth gathers."""
    tries = growth.count * 3
    # Even in log(distance), so that nearness in the picture is even as well.
    distance = np.exp(rng.uniform(math.log(growth.near), math.log(growth.far), tries))
    half = land.view.span / 2 + MARGIN * 0.8
    azimuth = rng.uniform(-half, half, tries)
    x = (distance * np.sin(azimuth)).astype(np.float32)
    y = (distance * np.cos(azimuth)).astype(np.float32)
    z, slope = sample_ground(ground, x, y)
    group = fractal_noise(x / (growth.height * 9), y / (growth.height * 9), land.seed * 13 + index, 3)
    wanted = rng.uniform(-0.5, 0.5, tries) * (1 - growth.gather) + 0.05 < group * growth.gather + 0.35 * (
        1 - growth.gather
    )
    chosen = np.nonzero(wanted & _habitable(land, growth, z, slope))[0][: growth.count]
    return np.stack([x, y, z], axis=1)[chosen]


def _habitable(land: LandDescription, growth: Growth, z: Plane, slope: Plane) -> NDArray[np.bool_]:
    if growth.plant is Plant.ROCK:
        dry = land.water.level - growth.height * 0.4 if land.water else -math.inf
        return (z > dry) & (slope < 2.0)
    dry = land.water.level + 0.5 if land.water else -math.inf
    return (z > dry) & (slope < land.soil.steep * 0.8) & (z < max(land.soil.snow_line * 0.95, 25))


def _tints(growth: Growth, mixes: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    first, second = np.array(growth.colour), np.array(growth.other)
    return (first + mixes[:, None] * (second - first)) * rng.uniform(0.75, 1.25, (len(mixes), 1))


def _copies(
    growth: Growth,
    variant: int,
    far: bool,
    places: NDArray[np.float32],
    heights: NDArray[np.float64],
    turns: NDArray[np.float64],
    tints: NDArray[np.float64],
    rng: np.random.Generator,
) -> Scattered:
    model = build_plant(growth.plant, variant, far)
    cosine, sine = np.cos(turns)[:, None, None], np.sin(turns)[:, None, None]
    x, y, z = model.triangles[None, ..., 0], model.triangles[None, ..., 1], model.triangles[None, ..., 2]
    turned = np.stack(
        [x * cosine - y * sine, x * sine + y * cosine, np.broadcast_to(z, (len(turns), *z.shape[1:]))], -1
    )
    corners = turned * heights[:, None, None, None] + places[:, None, None, :]
    shades = model.shades * rng.uniform(0.8, 1.2, (len(places), len(model.shades)))
    own = np.where(model.leaf[None, :, None], tints[:, None, :], np.array(BARK))
    colours = (own * shades[..., None]).clip(0.003, 0.9)
    return Scattered(corners.reshape(-1, 3, 3).astype(np.float32), colours.reshape(-1, 3).astype(np.float32))

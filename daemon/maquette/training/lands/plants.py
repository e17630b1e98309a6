"""Low-poly trees, bushes, grass and rocks: triangles around the origin, one metre tall, made once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maquette.training.lands.types import Plant

VARIANTS = 4
Triangles = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """`triangles` (T, 3, 3) metres; `shades` (T,) brightness; `leaf` (T,) whether it takes the plant's own colour."""

    triangles: NDArray[np.float32]
    shades: NDArray[np.float32]
    leaf: NDArray[np.bool_]


@lru_cache(maxsize=256)
def build_plant(plant: Plant, variant: int, distant: bool) -> Model:
    """One of the `VARIANTS` of a plant; `distant` ones have a fraction of the triangles."""
    rng = np.random.default_rng([list(Plant).index(plant), variant])
    if distant and plant in _DISTANT:
        return _join(_DISTANT[plant](rng))
    return _join(_BUILDERS[plant](rng))


Part = tuple[Triangles, float, bool]
Builder = Callable[[np.random.Generator], list[Part]]


def _join(parts: list[Part]) -> Model:
    triangles = np.concatenate([part for part, _, _ in parts]).astype(np.float32)
    shades = np.concatenate([np.full(len(part), shade, np.float32) for part, shade, _ in parts])
    middle = triangles.mean(axis=1)
    leaf = np.concatenate([np.full(len(part), green) for part, _, green in parts])
    lower = 0.62 + 0.5 * np.clip(middle[:, 2] / max(float(triangles[..., 2].max()), 1e-3), 0, 1)
    return Model(triangles, np.where(leaf, shades * lower, shades).astype(np.float32), leaf)


def _cone(low: float, high: float, radius: float, sides: int, rng: np.random.Generator) -> Triangles:
    """A ragged skirt from a circle at `low` to a point at `high`."""
    turn = np.arange(sides + 1) / sides * 2 * np.pi + rng.uniform(0, 2 * np.pi)
    reach = radius * rng.uniform(0.75, 1.2, sides)
    reach = np.append(reach, reach[0])
    drop = low - 0.25 * (high - low) * rng.uniform(0, 0.6, sides)
    drop = np.append(drop, drop[0])
    foot = np.stack([reach * np.cos(turn), reach * np.sin(turn), drop], axis=1)
    head = np.broadcast_to(np.array([0.0, 0.0, high]), foot[1:].shape)
    return np.stack([foot[:-1], foot[1:], head], axis=1).astype(np.float64)


def _trunk(
    height: float, radius: float, lean: tuple[float, float] = (0.0, 0.0), foot: tuple[float, float, float] = (0, 0, 0)
) -> Triangles:
    turn = np.arange(5) / 4 * 2 * np.pi
    ring = np.stack([np.cos(turn), np.sin(turn), np.zeros(5)], axis=1)
    low = ring * radius + np.array(foot)
    high = ring * radius * 0.6 + np.array(foot) + np.array([*lean, height])
    return np.concatenate(
        [np.stack([low[:-1], low[1:], high[:-1]], axis=1), np.stack([low[1:], high[1:], high[:-1]], axis=1)]
    )


@lru_cache(maxsize=4)
def _sphere(level: int) -> Triangles:
    """An icosahedron, each of whose triangles is split in four `level` times."""
    golden = (1 + 5**0.5) / 2
    rows = [(0, a, b * golden) for a in (-1, 1) for b in (-1, 1)]
    points = np.array([np.roll(row, turn) for turn in range(3) for row in rows], float)
    near = np.linalg.norm(points[:, None] - points[None], axis=-1) < 2.1
    found = [
        (i, j, k)
        for i in range(12)
        for j in range(i + 1, 12)
        for k in range(j + 1, 12)
        if near[i, j] and near[j, k] and near[i, k]
    ]
    triangles = np.stack([points[list(corner)] for corner in found])
    for _ in range(level):
        a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        quarters = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        triangles = np.concatenate([np.stack(quarter, axis=1) for quarter in quarters])
    return triangles / np.linalg.norm(triangles, axis=-1, keepdims=True)


def _blob(
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    level: int,
    lumps: float,
    rng: np.random.Generator,
) -> Triangles:
    """A lumpy ellipsoid: every corner goes out or in by a sum of random waves."""
    unit = _sphere(level)
    waves = rng.normal(0, 3.2, (6, 3))
    phases = rng.uniform(0, 2 * np.pi, 6)
    lumpy = 1 + lumps * np.sin(unit @ waves.T + phases).sum(axis=-1) / 2.5
    return unit * lumpy[..., None] * np.array(size) + np.array(centre)


def _conifer(rng: np.random.Generator) -> list[Part]:
    tiers = int(rng.integers(4, 7))
    wide = rng.uniform(0.17, 0.26)
    parts: list[Part] = [(_trunk(0.2, 0.022), 1.0, False)]
    for tier in range(tiers):
        low = 0.1 + 0.8 * tier / tiers
        radius = wide * (1 - tier / tiers) ** 0.8 + 0.02
        parts.append((_cone(low, min(low + 1.6 * 0.9 / tiers, 1.0), radius, 8, rng), rng.uniform(0.85, 1.15), True))
    return parts


def _conifer_far(rng: np.random.Generator) -> list[Part]:
    wide = rng.uniform(0.17, 0.26)
    return [(_cone(0.06, 0.6, wide, 6, rng), 0.9, True), (_cone(0.4, 1.0, wide * 0.65, 6, rng), 1.1, True)]


def _broadleaf(rng: np.random.Generator) -> list[Part]:
    parts: list[Part] = [(_trunk(0.45, 0.035), 1.0, False)]
    parts.append((_blob((0, 0, 0.62), (0.3, 0.3, 0.32), 2, 0.16, rng), 1.0, True))
    for _ in range(5):
        turn, out, up = rng.uniform(0, 2 * np.pi), rng.uniform(0.14, 0.26), rng.uniform(0.42, 0.82)
        size = rng.uniform(0.13, 0.2)
        place = (out * np.cos(turn), out * np.sin(turn), up)
        parts.append((_blob(place, (size, size, size * 0.85), 1, 0.16, rng), rng.uniform(0.8, 1.25), True))
    return parts


def _broadleaf_far(rng: np.random.Generator) -> list[Part]:
    x, y = rng.normal(0, 0.12, 2)
    return [
        (_blob((0, 0, 0.55), (0.34, 0.34, 0.4), 1, 0.14, rng), 1.0, True),
        (_blob((x, y, 0.72), (0.2, 0.2, 0.25), 0, 0.1, rng), 1.15, True),
    ]


def _poplar(rng: np.random.Generator) -> list[Part]:
    wide = rng.uniform(0.09, 0.14)
    return [
        (_trunk(0.2, 0.02), 1.0, False),
        (_blob((0, 0, 0.54), (wide, wide, 0.44), 2, 0.12, rng), 1.0, True),
        (_blob((0.02, 0, 0.4), (wide * 1.15, wide * 1.1, 0.25), 1, 0.12, rng), 0.85, True),
    ]


def _poplar_far(rng: np.random.Generator) -> list[Part]:
    return [(_blob((0, 0, 0.52), (0.12, 0.12, 0.46), 1, 0.1, rng), 1.0, True)]


def _birch(rng: np.random.Generator) -> list[Part]:
    lean = (rng.normal(0, 0.05), rng.normal(0, 0.05))
    parts: list[Part] = [(_trunk(0.85, 0.016, lean), 9.0, False)]
    for _ in range(11):
        up = rng.uniform(0.35, 0.97)
        out = 0.13 * (1.15 - up)
        place = (rng.normal(0, out) + lean[0] * up, rng.normal(0, out) + lean[1] * up, up)
        size = rng.uniform(0.07, 0.13)
        parts.append((_blob(place, (size, size, size * 1.1), 1, 0.2, rng), rng.uniform(0.85, 1.2), True))
    return parts


def _umbrella(rng: np.random.Generator) -> list[Part]:
    parts: list[Part] = [(_trunk(0.5, 0.03, (rng.normal(0, 0.04), 0)), 1.0, False)]
    for _ in range(6):
        turn, out = rng.uniform(0, 2 * np.pi), rng.uniform(0.08, 0.36)
        place = (out * np.cos(turn), out * np.sin(turn), rng.uniform(0.74, 0.9))
        parts.append((_trunk(place[2] - 0.45, 0.014, (place[0], place[1]), (0, 0, 0.45)), 1.0, False))
        wide = rng.uniform(0.16, 0.26)
        parts.append((_blob(place, (wide, wide, 0.06), 1, 0.16, rng), rng.uniform(0.85, 1.2), True))
    return parts


def _palm(rng: np.random.Generator) -> list[Part]:
    lean = (rng.normal(0, 0.12), rng.normal(0, 0.12))
    parts: list[Part] = [(_trunk(0.82, 0.024, lean), 1.3, False)]
    top = np.array([*lean, 0.82])
    for turn in np.arange(10) / 10 * 2 * np.pi + rng.uniform(0, 1):
        along = np.array([np.cos(turn), np.sin(turn), 0])
        across = np.array([-np.sin(turn), np.cos(turn), 0]) * 0.045
        lift = rng.uniform(0.08, 0.2)
        middle, end = top + 0.2 * along + [0, 0, lift], top + 0.4 * along + [0, 0, lift - rng.uniform(0.18, 0.34)]
        leaf = [(top, middle - across, middle + across), (middle - across, end, middle + across)]
        parts.append((np.array(leaf), rng.uniform(0.8, 1.2), True))
    return parts


def _cactus(rng: np.random.Generator) -> list[Part]:
    parts: list[Part] = [(_blob((0, 0, 0.45), (0.075, 0.075, 0.55), 1, 0.03, rng), 1.0, True)]
    for side in (-1, 1)[: int(rng.integers(0, 3))]:
        up = rng.uniform(0.35, 0.55)
        parts.append((_blob((side * 0.13, 0, up), (0.1, 0.05, 0.05), 1, 0.03, rng), 0.9, True))
        parts.append((_blob((side * 0.2, 0, up + 0.14), (0.05, 0.05, 0.18), 1, 0.03, rng), 1.1, True))
    return parts


def _dead(rng: np.random.Generator) -> list[Part]:
    parts: list[Part] = [(_trunk(0.7, 0.03, (rng.normal(0, 0.08), rng.normal(0, 0.08))), 1.4, False)]
    for _ in range(6):
        up = rng.uniform(0.3, 0.65)
        lean = (rng.normal(0, 0.22), rng.normal(0, 0.22))
        parts.append((_trunk(rng.uniform(0.12, 0.35), 0.014, lean, (0, 0, up)), 1.3, False))
    return parts


def _bush(rng: np.random.Generator) -> list[Part]:
    parts: list[Part] = [(_blob((0, 0, 0.4), (0.6, 0.6, 0.5), 2, 0.16, rng), 1.0, True)]
    for _ in range(3):
        place = (rng.normal(0, 0.35), rng.normal(0, 0.35), rng.uniform(0.3, 0.7))
        parts.append((_blob(place, (0.32, 0.32, 0.3), 1, 0.16, rng), rng.uniform(0.85, 1.2), True))
    return parts


def _bush_far(rng: np.random.Generator) -> list[Part]:
    return [(_blob((0, 0, 0.4), (0.65, 0.65, 0.55), 0, 0.12, rng), 1.0, True)]


def _grass(rng: np.random.Generator) -> list[Part]:
    blades: list[Part] = []
    for _ in range(9):
        turn = rng.uniform(0, 2 * np.pi)
        across = 0.05 * np.array([np.cos(turn), np.sin(turn), 0])
        foot: NDArray[np.float64] = np.array([rng.normal(0, 0.22), rng.normal(0, 0.22), -0.1])
        tip: NDArray[np.float64] = foot + np.array([rng.normal(0, 0.22), rng.normal(0, 0.22), rng.uniform(0.6, 1.1)])
        blades.append((np.array([(foot - across, foot + across, tip)]), rng.uniform(0.75, 1.35), True))
    return blades


def _flower(rng: np.random.Generator) -> list[Part]:
    heads: list[Part] = []
    for _ in range(7):
        place = (rng.normal(0, 0.5), rng.normal(0, 0.5), rng.uniform(0.5, 1.0))
        heads.append((_blob(place, (0.13, 0.13, 0.09), 0, 0.0, rng)[::2], rng.uniform(0.9, 1.3), True))
    return heads


def _rock(rng: np.random.Generator) -> list[Part]:
    size = (rng.uniform(0.55, 0.95), rng.uniform(0.45, 0.8), 0.62)
    return [
        (_blob((0, 0, 0.2), size, 2, 0.18, rng), 1.0, True),
        (_blob((rng.normal(0, 0.5), rng.normal(0, 0.5), 0.1), (0.4, 0.35, 0.34), 1, 0.18, rng), 0.9, True),
    ]


def _rock_far(rng: np.random.Generator) -> list[Part]:
    return [(_blob((0, 0, 0.2), (0.8, 0.6, 0.62), 1, 0.16, rng), 1.0, True)]


_BUILDERS: dict[Plant, Builder] = {
    Plant.CONIFER: _conifer,
    Plant.BROADLEAF: _broadleaf,
    Plant.POPLAR: _poplar,
    Plant.BIRCH: _birch,
    Plant.UMBRELLA: _umbrella,
    Plant.PALM: _palm,
    Plant.CACTUS: _cactus,
    Plant.DEAD: _dead,
    Plant.BUSH: _bush,
    Plant.GRASS: _grass,
    Plant.FLOWER: _flower,
    Plant.ROCK: _rock,
}
_DISTANT: dict[Plant, Builder] = {
    Plant.CONIFER: _conifer_far,
    Plant.BROADLEAF: _broadleaf_far,
    Plant.POPLAR: _poplar_far,
    Plant.BUSH: _bush_far,
    Plant.ROCK: _rock_far,
}

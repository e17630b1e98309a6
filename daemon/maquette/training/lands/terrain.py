"""The ground as a fan of rings around the camera: heights, colours and what each face is. Pure arrays."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maquette.training.lands.noise import Plane, cell_hash, fractal_noise, gradient_noise, ridged_noise
from maquette.training.lands.types import SURFACES, Colour, Form, LandDescription, Relief, Soil, Surface

RINGS, SPOKES = 200, 320
NEAREST, FARTHEST = 1.5, 5000.0
MARGIN = 0.35
"""Radians of ground beyond either end of the picture, for shadows and reflections."""


@dataclass(frozen=True)
class Ground:
    """A land's ground, with one vertex where ring and spoke cross.

    `points` (RINGS, SPOKES, 3) metres, `slope` (RINGS, SPOKES) rise over run,
    `colours` (RINGS, SPOKES, 3) linear light, `surfaces` (RINGS − 1, SPOKES − 1)
    the index in `SURFACES` of each face, `eye` the height of the camera in metres.
    """

    points: NDArray[np.float32]
    slope: NDArray[np.float32]
    colours: NDArray[np.float32]
    surfaces: NDArray[np.int32]
    eye: float


@lru_cache(maxsize=2)
def fan(span: float) -> tuple[Plane, Plane]:
    """Azimuth and distance (RINGS, SPOKES) of every vertex; closer together where pixels are."""
    near = np.geomspace(NEAREST, 400, RINGS * 5 // 8, endpoint=False)
    far = np.geomspace(400, FARTHEST, RINGS - len(near))
    azimuth = np.linspace(-span / 2 - MARGIN, span / 2 + MARGIN, SPOKES)
    distance, azimuth = np.meshgrid(np.concatenate([near, far]), azimuth, indexing="ij")
    return azimuth.astype(np.float32), distance.astype(np.float32)


def shape_ground(land: LandDescription) -> Ground:
    """The ground of a land."""
    azimuth, distance = fan(land.view.span)
    x, y = distance * np.sin(azimuth), distance * np.cos(azimuth)
    z = height_at(land, x, y)
    points = np.stack([x, y, z], axis=-1)
    slope = _slope(points)
    colours, wooded = _paint(land, points, slope)
    rock = _rockiness(land.soil, x, y, slope)
    faces = np.where(_face_mean(rock) > 0.5, SURFACES.index(Surface.ROCK), SURFACES.index(Surface.GROUND))
    faces = np.where(_face_mean(wooded) > 0.5, SURFACES.index(Surface.VEGETATION), faces)
    return Ground(points, slope, colours, faces.astype(np.int32), eye_height(land, points))


def height_at(land: LandDescription, x: Plane, y: Plane) -> Plane:
    """Height of the ground in metres at places in the plane."""
    distance = np.hypot(x, y)
    total = np.zeros_like(x)
    for index, relief in enumerate(land.reliefs):
        total += _relief(relief, x, y, distance, land.seed * 31 + 7 * index)
    return total


def sample_ground(ground: Ground, x: Plane, y: Plane) -> tuple[Plane, Plane]:
    """Height and slope (rise over run) of the ground's mesh at places within the fan."""
    rings = np.hypot(ground.points[:, 0, 0], ground.points[:, 0, 1])
    spokes = np.arctan2(ground.points[0, :, 0], ground.points[0, :, 1])
    row = np.interp(np.hypot(x, y), rings, np.arange(RINGS))
    column = np.interp(np.arctan2(x, y), spokes, np.arange(SPOKES))
    return _bilinear(ground.points[..., 2], row, column), _bilinear(ground.slope, row, column)


def _bilinear(values: Plane, row: NDArray[np.float64], column: NDArray[np.float64]) -> Plane:
    i = np.clip(row.astype(np.int64), 0, values.shape[0] - 2)
    j = np.clip(column.astype(np.int64), 0, values.shape[1] - 2)
    s, t = row - i, column - j
    near = values[i, j] * (1 - t) + values[i, j + 1] * t
    far = values[i + 1, j] * (1 - t) + values[i + 1, j + 1] * t
    return (near * (1 - s) + far * s).astype(np.float32)


def eye_height(land: LandDescription, points: NDArray[np.float32]) -> float:
    """Where the camera is: its height above what is highest close by, and above the water."""
    close = points[: RINGS // 8, :, 2]
    floor = float(np.quantile(close, 0.9))
    return max(floor, land.water.level if land.water else floor) + land.view.eye


def smooth_step(low: float, high: float, value: Plane) -> Plane:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _relief(relief: Relief, x: Plane, y: Plane, distance: Plane, seed: int) -> Plane:
    u, v = x / relief.scale, y / relief.scale
    if relief.form is Form.SMOOTH:
        height = fractal_noise(u, v, seed, 7, relief.roughness)
    elif relief.form is Form.RIDGED:
        warp = 0.25 * gradient_noise(u * 1.7, v * 1.7, seed + 5)
        height = ridged_noise(u + warp, v - warp, seed, 8, relief.roughness) - 0.45
    elif relief.form is Form.DUNE:
        height = _dunes(u, v, seed)
    else:
        height = _mesas(u, v, seed, relief.roughness)
    return relief.amplitude * smooth_step(relief.start, relief.full, distance) * (height + relief.lift)


def _dunes(u: Plane, v: Plane, seed: int) -> Plane:
    warp = 0.9 * fractal_noise(u * 0.5, v * 0.5, seed, 3)
    phase = (v * 0.9 + 0.35 * u + warp) % 1.0
    crest = np.where(phase < 0.72, phase / 0.72, (1 - phase) / 0.28) ** 1.3
    return crest * (0.65 + 0.5 * fractal_noise(u * 0.6, v * 0.6, seed + 9, 2)) + 0.15 * gradient_noise(u, v, seed + 3)


def _mesas(u: Plane, v: Plane, seed: int, roughness: float) -> Plane:
    height = fractal_noise(u, v, seed, 7, roughness) * 1.5 + 0.12
    steps = 3.0
    level = np.floor(height * steps)
    rise = height * steps - level
    terraced = (level + smooth_step(0.55, 0.8, rise) + 0.15 * rise) / steps
    return np.maximum(terraced, -0.12 + 0.1 * height)


def _slope(points: NDArray[np.float32]) -> Plane:
    """Rise over run, from the normals of the rings and spokes."""
    along = np.gradient(points, axis=0)
    across = np.gradient(points, axis=1)
    normal = np.cross(across, along)
    steep = np.hypot(normal[..., 0], normal[..., 1]) / np.maximum(np.abs(normal[..., 2]), 1e-6)
    return steep.astype(np.float32)


def _rockiness(soil: Soil, x: Plane, y: Plane, slope: Plane) -> Plane:
    ragged = slope * (1 + 0.5 * fractal_noise(x / 40, y / 40, 77, 4, 0.6))
    return smooth_step(soil.steep * 0.8, soil.steep * 1.2, ragged)


def _face_mean(values: Plane) -> Plane:
    return (values[1:, 1:] + values[:-1, 1:] + values[1:, :-1] + values[:-1, :-1]) / 4


def _paint(land: LandDescription, points: NDArray[np.float32], slope: Plane) -> tuple[NDArray[np.float32], Plane]:
    """Colour of each vertex, and how far it is wood (0 to 1)."""
    soil, seed = land.soil, land.seed * 17
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    broad = fractal_noise(x / 260, y / 260, seed, 5, 0.6)
    fine = fractal_noise(x / 14, y / 14, seed + 1, 4, 0.65)
    colour = _blend(_full(soil.main, x), soil.other, smooth_step(-0.3, 0.45, broad + 0.5 * fine))
    colour = _blend(colour, soil.dry, 0.8 * smooth_step(0.1, 0.5, fractal_noise(x / 70, y / 70, seed + 2, 4, 0.6)))
    if soil.patchwork:
        colour = _fields(colour, soil, x, y, seed + 3)
    wooded = _woods(land, x, y, z, slope, broad)
    colour = _blend(colour, soil.forest, wooded) * (1 + wooded * 0.5 * fine)[..., None]
    rock = _rockiness(soil, x, y, slope)
    colour = _blend(colour, _strata(soil, x, y, z, seed + 4), rock)
    wooded = wooded * (1 - rock)
    if land.water:
        colour = _blend(colour, soil.shore, 1 - smooth_step(0.25, 1.6, z - land.water.level + 0.6 * fine))
        wooded = wooded * (z > land.water.level + 1)
    snow = smooth_step(-0.06, 0.06, (z - soil.snow_line) / max(abs(soil.snow_line), 60) + 0.25 * broad + 0.12 * fine)
    snow = snow * (1 - 0.85 * smooth_step(soil.steep * 1.1, soil.steep * 1.7, slope * (1 + 0.4 * fine)))
    colour = _blend(colour, (0.83, 0.86, 0.92), snow)
    return (colour * (1 + 0.22 * fine)[..., None]).clip(0.004, 0.95).astype(np.float32), wooded * (1 - snow)


def _woods(land: LandDescription, x: Plane, y: Plane, z: Plane, slope: Plane, broad: Plane) -> Plane:
    if not land.soil.wooded:
        return np.zeros_like(x)
    patches = fractal_noise(x / 180, y / 180, land.seed * 17 + 6, 5, 0.62) + 0.3 * broad
    edge = 0.45 - 0.9 * land.soil.wooded
    here = smooth_step(edge, edge + 0.08, patches) * smooth_step(250, 420, np.hypot(x, y))
    below = 1 - smooth_step(0.6, 0.85, z / max(land.soil.snow_line, 1.0))
    return here * below * (1 - smooth_step(0.8, 1.1, slope))


def _fields(colour: NDArray[np.float32], soil: Soil, x: Plane, y: Plane, seed: int) -> NDArray[np.float32]:
    """Fields of crops: a warped lattice, each cell with a colour and furrows of its own."""
    u = (x + 40 * gradient_noise(x / 300, y / 300, seed)) / soil.patchwork
    v = (y + 60 * gradient_noise(x / 280, y / 280, seed + 1)) / (soil.patchwork * 0.8)
    column, row = np.floor(u).astype(np.int32), np.floor(v).astype(np.int32)
    bits = cell_hash(column, row, seed + 2)
    tone = ((bits >> np.uint32(8)) % np.uint32(256)).astype(np.float32) / 255
    crops = np.array([soil.main, soil.other, soil.dry, _brown(soil.dry), _gold(soil.dry)], np.float32)
    fields = crops[bits % np.uint32(5)] * (0.75 + 0.5 * tone)[..., None]
    edge = np.minimum(np.minimum(u - column, 1 - u + column), np.minimum(v - row, 1 - v + row))
    hedge = 1 - smooth_step(0.02, 0.05, edge)
    return _blend(_blend(colour, soil.forest, hedge), fields, (1 - hedge) * (np.hypot(x, y) > 20))


def _brown(colour: Colour) -> Colour:
    return colour[0] * 0.55, colour[1] * 0.4, colour[2] * 0.5


def _gold(colour: Colour) -> Colour:
    return min(colour[0] * 1.5, 0.8), colour[1] * 1.2, colour[2] * 0.7


def _strata(soil: Soil, x: Plane, y: Plane, z: Plane, seed: int) -> NDArray[np.float32]:
    grain = fractal_noise(x / 22, y / 22, seed, 4, 0.65)
    bright = 1 + 0.35 * grain
    if soil.strata:
        bands = gradient_noise(z / soil.strata + 0.2 * grain, np.full_like(z, 0.37), seed + 1)
        bright = bright * (1 + 0.55 * bands)
    return _full(soil.rock, x) * bright[..., None]


def _full(colour: Colour, like: Plane) -> NDArray[np.float32]:
    return np.broadcast_to(np.array(colour, np.float32), (*like.shape, 3))


def _blend(below: NDArray[np.float32], above: Colour | NDArray[np.float32], share: Plane) -> NDArray[np.float32]:
    return below + share[..., None] * (np.asarray(above, np.float32) - below)

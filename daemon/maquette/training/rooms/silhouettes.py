"""What the camera sees of an object's own shape: the outline of all its parts, where its box would be too loose."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from maquette.training.rooms.ellipses import NEAR, box_outline, convex_hull, to_camera, to_picture
from maquette.training.rooms.types import SHELL, Camera, Part, RoomObject, Shape

Array = NDArray[np.float64]

GRID = 192
"""Cells along the longer side of the raster that an outline's moments are taken on."""
CONE_TOP = 0.66
"""Width of a cone's upper end as a share of its lower end, as it is rendered."""
_RING = 24


def part_points(part: Part) -> Array:
    """Points (N, 3) in the object's frame whose convex hull is a part, to within 2 % of its width."""
    unit = {
        Shape.CYLINDER: lambda: _rings((-0.5, 0.5), (0.5, 0.5)),
        Shape.CONE: lambda: _rings((-0.5, 0.5), (0.5, 0.5 * CONE_TOP)),
        Shape.SPHERE: _ball,
    }.get(part.shape, _cube)()
    return unit * np.asarray(part.size) + np.asarray(part.centre)


def _cube() -> Array:
    return np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


def _rings(heights: tuple[float, ...], radii: tuple[float, ...]) -> Array:
    angles = np.arange(_RING) * (2 * math.pi / _RING)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate(
        [
            np.column_stack([radius * circle, np.full(_RING, height)])
            for height, radius in zip(heights, radii, strict=True)
        ]
    )


def _ball() -> Array:
    latitudes = np.linspace(-math.pi / 2, math.pi / 2, 9)
    return _rings(tuple(0.5 * np.sin(latitudes)), tuple(0.5 * np.cos(latitudes)))


def part_outlines(camera: Camera, thing: RoomObject) -> list[Array]:
    """The convex outline (M, 2) of each part in picture coordinates; points behind the camera go to the near plane."""
    sin_yaw, cos_yaw = math.sin(thing.yaw), math.cos(thing.yaw)
    turn = np.array([[cos_yaw, sin_yaw, 0.0], [-sin_yaw, cos_yaw, 0.0], [0.0, 0.0, 1.0]])
    outlines: list[Array] = []
    for part in thing.parts:
        seen = to_camera(camera, part_points(part) @ turn + np.asarray(thing.position))
        if (seen[:, 2] < NEAR).all():
            continue
        seen[:, 2] = np.maximum(seen[:, 2], NEAR)
        outline = convex_hull(to_picture(camera, seen))
        if len(outline) >= 3:
            outlines.append(outline)
    return outlines


def covered_outlines(camera: Camera, thing: RoomObject) -> list[Array]:
    """Convex outlines (M, 2) that an object covers together, in picture coordinates.

    The shell reaches behind the camera, so that it is cut off there.
    """
    if thing.kind not in SHELL:
        return part_outlines(camera, thing)
    outline = box_outline(camera, thing)
    return [] if outline is None else [outline]


def silhouette_moments(camera: Camera, thing: RoomObject) -> tuple[Array, Array] | None:
    """Mean (2,) and covariance (2, 2) of the area that an object's parts cover together, in picture coordinates.

    None where the camera sees none of them. What is hidden behind other things counts, and so does what lies outside
    the picture. Taken on a raster of ``GRID`` cells over the outline's longer side.
    """
    outlines = part_outlines(camera, thing)
    if not outlines:
        return None
    corners = np.concatenate(outlines)
    low, high = corners.min(axis=0), corners.max(axis=0)
    cell = float((high - low).max()) / GRID
    if cell <= 0:
        return None
    width, height = (math.ceil(float(extent)) + 1 for extent in (high - low) / cell)
    raster = Image.new("1", (width, height))
    draw = ImageDraw.Draw(raster)
    for outline in outlines:
        draw.polygon([(float(x), float(y)) for x, y in (outline - low) / cell - 0.5], fill=1, outline=1)
    mean, spread = _moments(np.asarray(raster, np.float64))
    return low + (mean + 0.5) * cell, (spread + np.eye(2) / 12) * cell**2


def _moments(raster: Array) -> tuple[Array, Array]:
    """Mean (2,) and covariance (2, 2) of the columns and rows of a raster's cells, weighed by what they hold."""
    columns, rows = raster.sum(axis=0), raster.sum(axis=1)
    total = columns.sum()
    across, down = np.arange(len(columns)), np.arange(len(rows))
    mean = np.array([columns @ across, rows @ down]) / total
    across, down = across - mean[0], down - mean[1]
    shared = down @ raster @ across
    covariance = np.array([[columns @ across**2, shared], [shared, rows @ down**2]]) / total
    return mean, covariance

"""From objects in metres to ellipses in the picture: projection, clipping, and moments of area.

Picture coordinates run from 0 to 1, x to the right and y down. An object's ellipse is the mean and covariance of
the area inside the convex outline of its projected box; its edge lies near squared Mahalanobis distance 4, which is
exact for an ellipse and within a few per cent of the area for a rectangle.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maquette.training.rooms.types import SHELL, Camera, RoomObject

Array = NDArray[np.float64]

NEAR = 0.05
EDGE_DISTANCE = 4.0
_NEAR_PLANE: tuple[Array, float] = (np.array([0.0, 0.0, 1.0]), -NEAR)
_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0.0, 1.0)])
_PICTURE_AXES = np.array([1.0, -1.0])
_FACES = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))


@dataclass(frozen=True)
class ObjectView:
    """How the camera sees an object.

    `mean` (2,) and `covariance` (2, 2) of its outline's area in picture coordinates, `depth` of its centre in metres
    along the view, `corners` (8, 2) of its box projected (points behind the camera are pulled to the near plane).
    """

    mean: Array
    covariance: Array
    depth: float
    corners: Array


def camera_axes(camera: Camera) -> Array:
    """The camera's right, up and forward unit vectors as the rows of a (3, 3) matrix."""
    sin_yaw, cos_yaw = math.sin(camera.yaw), math.cos(camera.yaw)
    sin_pitch, cos_pitch = math.sin(camera.pitch), math.cos(camera.pitch)
    right = (cos_yaw, -sin_yaw, 0.0)
    up = (sin_yaw * sin_pitch, cos_yaw * sin_pitch, cos_pitch)
    return np.array([right, up, (sin_yaw * cos_pitch, cos_yaw * cos_pitch, -sin_pitch)])


def to_camera(camera: Camera, points: Array) -> Array:
    """World points (N, 3) in the camera's frame: right, up, forward in metres."""
    return (points - np.asarray(camera.position)) @ camera_axes(camera).T


def to_picture(camera: Camera, points: Array) -> Array:
    """Points (N, 3) in the camera's frame, in front of it, as picture coordinates (N, 2)."""
    focal = 0.5 / np.tan(camera.fov / 2)
    scale = focal / points[:, 2]
    return 0.5 + points[:, :2] * scale[:, None] * _PICTURE_AXES


def box_corners(thing: RoomObject) -> Array:
    """The eight corners (8, 3) of an object's box in the world; the bits of the index are x, y, z from high to low."""
    local = _CORNERS * np.asarray(thing.size)
    sin_yaw, cos_yaw = math.sin(thing.yaw), math.cos(thing.yaw)
    turned = np.stack(
        [cos_yaw * local[:, 0] - sin_yaw * local[:, 1], sin_yaw * local[:, 0] + cos_yaw * local[:, 1], local[:, 2]],
        axis=1,
    )
    return turned + np.asarray(thing.position, np.float64)


def clip_polygon(polygon: Array, normal: Array, offset: float) -> Array:
    """The part of a planar polygon (N, D) where `normal · p + offset >= 0` (Sutherland and Hodgman); may be empty."""
    kept: list[Array] = []
    heights = polygon @ normal + offset
    for index in range(len(polygon)):
        following = (index + 1) % len(polygon)
        here, there = heights[index], heights[following]
        if here >= 0:
            kept.append(polygon[index])
        if (here >= 0) != (there >= 0):
            share = here / (here - there)
            kept.append(polygon[index] + share * (polygon[following] - polygon[index]))
    return np.array(kept).reshape(-1, polygon.shape[1])


def frustum_planes(camera: Camera) -> list[tuple[Array, float]]:
    """The four sides of the view in the camera's frame, as (normal, offset) with the inside positive."""
    slope = float(np.tan(camera.fov / 2))
    normals = [(1.0, 0.0, slope), (-1.0, 0.0, slope), (0.0, 1.0, slope), (0.0, -1.0, slope)]
    return [(np.array(normal), 0.0) for normal in normals]


def convex_hull(points: Array) -> Array:
    """The convex hull (M, 2) of points (N, 2), in order around it (monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    return np.array(_half_hull(ordered)[:-1] + _half_hull(ordered[::-1])[:-1]).reshape(-1, 2)


def _half_hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in points:
        while len(chain) >= 2:
            (x0, y0), (x1, y1) = chain[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain


def polygon_moments(polygon: Array) -> tuple[float, Array, Array]:
    """Area, mean (2,) and covariance (2, 2) of the uniform distribution inside a convex polygon (N, 2).

    The polygon is cut into triangles around its first corner; a triangle with corners p, q, r and mean m has the
    covariance (pp + qq + rr - 3 mm) / 12 in outer products.
    """
    first = polygon[0]
    second, third = polygon[1:-1], polygon[2:]
    edge, other = second - first, third - first
    areas = 0.5 * np.abs(edge[:, 0] * other[:, 1] - edge[:, 1] * other[:, 0])
    total = float(areas.sum())
    centres = (first + second + third) / 3
    mean = (areas[:, None] * centres).sum(axis=0) / total
    offsets = [corner - centres for corner in (np.broadcast_to(first, second.shape), second, third)]
    spread = sum((np.einsum("ni,nj->nij", offset, offset) for offset in offsets), np.zeros((1, 2, 2))) / 12
    between = np.einsum("ni,nj->nij", centres - mean, centres - mean)
    covariance = (areas[:, None, None] * (spread + between)).sum(axis=0) / total
    return total, mean, covariance


def project_object(camera: Camera, thing: RoomObject) -> ObjectView | None:
    """The ellipse of an object, or None where the camera cannot see its box at all.

    Everything is clipped at the near plane. The shell reaches behind the camera and past every edge, so it is clipped
    to the picture as well; furniture is not, so that a thing half outside keeps its shape.
    """
    corners = to_camera(camera, box_corners(thing))
    planes = [_NEAR_PLANE]
    if thing.kind in SHELL:
        planes += frustum_planes(camera)
    outline = _visible_outline(camera, corners, planes)
    if outline is None:
        return None
    area, mean, covariance = polygon_moments(outline)
    if area < 1e-7:
        return None
    pulled = np.column_stack([corners[:, :2], np.maximum(corners[:, 2], NEAR)])
    return ObjectView(mean, covariance, float(corners[:, 2].mean()), to_picture(camera, pulled))


def box_outline(camera: Camera, thing: RoomObject) -> Array | None:
    """The convex outline (M, 2) of an object's box in front of the camera, in picture coordinates; None = behind it."""
    return _visible_outline(camera, to_camera(camera, box_corners(thing)), [_NEAR_PLANE])


def _visible_outline(camera: Camera, corners: Array, planes: list[tuple[Array, float]]) -> Array | None:
    pieces: list[Array] = []
    for face in _FACES:
        polygon = corners[list(face)]
        for normal, offset in planes:
            polygon = clip_polygon(polygon, normal, offset)
            if len(polygon) < 3:
                break
        else:
            pieces.append(to_picture(camera, polygon))
    if not pieces:
        return None
    hull = convex_hull(np.concatenate(pieces))
    return hull if len(hull) >= 3 else None

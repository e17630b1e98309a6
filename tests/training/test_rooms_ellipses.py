"""From boxes in metres to ellipses in the picture, against exact moments, ray casting and Monte Carlo."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.ellipses import (
    NEAR,
    box_corners,
    camera_axes,
    clip_polygon,
    convex_hull,
    frustum_planes,
    polygon_moments,
    project_object,
    to_camera,
    to_picture,
)
from maquette.training.rooms.types import SHELL, Camera, RoomObject
from rooms_samples import CAMERA, boxes, lamp_at, seeds

angles = st.floats(-math.pi, math.pi, allow_nan=False)


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    position = tuple(draw(st.floats(-3, 3, allow_nan=False)) for _ in range(3))
    return Camera(position, draw(angles), draw(st.floats(-1.5, 1.5)), draw(st.floats(0.5, 2.0)))


@st.composite
def clouds(draw: st.DrawFn) -> np.ndarray:
    """Points of the unit square (N, 2) that do not lie on one line."""
    coordinate = st.integers(0, 1000)
    points = draw(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=20, unique=True))
    cloud = np.array(points) / 1000
    assume(np.linalg.matrix_rank(cloud - cloud[0], tol=1e-2) == 2)
    return cloud


def cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]


def inside(polygon: np.ndarray, points: np.ndarray, margin: float = 1e-9) -> np.ndarray:
    """Whether points (N, 2) lie inside a convex polygon that runs counter-clockwise."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    return (cross(edges[None], points[:, None] - polygon[None]) >= -margin).all(axis=1)


def hit_by_rays(camera: Camera, thing: RoomObject, points: np.ndarray) -> np.ndarray:
    """Whether the rays through picture points (N, 2) meet a thing's box beyond the near plane (slab test)."""
    slope = math.tan(camera.fov / 2)
    directions = np.column_stack([(2 * points[:, 0] - 1) * slope, (1 - 2 * points[:, 1]) * slope, np.ones(len(points))])
    sin_yaw, cos_yaw = math.sin(thing.yaw), math.cos(thing.yaw)
    to_box = np.array([[cos_yaw, sin_yaw, 0], [-sin_yaw, cos_yaw, 0], [0, 0, 1]])
    rays = directions @ camera_axes(camera) @ to_box.T
    origin = to_box @ np.subtract(camera.position, thing.position)
    width, depth, height = thing.size
    low, high = np.array([-width / 2, -depth / 2, 0]), np.array([width / 2, depth / 2, height])
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = (np.stack([low, high]) - origin)[:, None] / rays
    entry = np.maximum(ends.min(axis=0).max(axis=1), NEAR)
    return entry < ends.max(axis=0).min(axis=1)


def expect_moments(mean: np.ndarray, covariance: np.ndarray, samples: np.ndarray) -> None:
    """Check a mean and covariance against samples, within six standard errors."""
    root, deviation = math.sqrt(len(samples)), samples.std(axis=0)
    assert (np.abs(mean - samples.mean(axis=0)) <= 6 * deviation / root + 1e-6).all()
    scale = np.outer(deviation, deviation)
    assert (np.abs(covariance - np.cov(samples.T)) <= 6 * 1.5 * scale / root + 1e-7).all()


def sample_view(camera: Camera, thing: RoomObject, low: np.ndarray, high: np.ndarray, count: int) -> np.ndarray:
    points = np.random.default_rng(0).uniform(low, high, (count, 2))
    return points[hit_by_rays(camera, thing, points)]


@settings(deadline=None)
@given(cameras())
def test_the_axes_of_a_camera_are_orthonormal_and_its_right_is_level(camera):
    axes = camera_axes(camera)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), -axes[2], atol=1e-12)
    assert axes[0, 2] == 0
    assert axes[1, 2] >= 0


def test_a_camera_looks_into_the_room_turns_right_and_tilts_down():
    np.testing.assert_allclose(camera_axes(Camera((0, 0, 0), 0, 0, 1))[2], (0, 1, 0), atol=1e-12)
    np.testing.assert_allclose(camera_axes(Camera((0, 0, 0), math.pi / 2, 0, 1))[2], (1, 0, 0), atol=1e-12)
    np.testing.assert_allclose(camera_axes(Camera((0, 0, 0), 0, math.pi / 4, 1))[2], (0, 0.5**0.5, -(0.5**0.5)))


@settings(deadline=None)
@given(cameras(), st.floats(0.2, 10))
def test_the_edges_of_the_view_are_the_edges_of_the_picture(camera, depth):
    reach = depth * math.tan(camera.fov / 2)
    points = np.array([[0, 0, depth], [-reach, reach, depth], [reach, -reach, depth]])
    np.testing.assert_allclose(to_picture(camera, points), [[0.5, 0.5], [0, 0], [1, 1]], atol=1e-9)


@settings(deadline=None)
@given(cameras(), boxes())
def test_seen_from_the_camera_a_box_keeps_its_size(camera, thing):
    corners = to_camera(camera, box_corners(thing))
    for axis, step in enumerate((4, 2, 1)):
        assert np.linalg.norm(corners[step] - corners[0]) == pytest.approx(thing.size[axis])
    assert np.linalg.norm(corners[7] - corners[0]) == pytest.approx(np.linalg.norm(thing.size))


@settings(deadline=None)
@given(clouds())
def test_a_hull_is_convex_and_holds_every_point(points):
    hull = convex_hull(points)
    assert inside(hull, points).all()
    edges = np.roll(hull, -1, axis=0) - hull
    assert (cross(edges, np.roll(edges, -1, axis=0)) > 0).all()
    assert {tuple(corner) for corner in hull} <= {tuple(point) for point in points}


@settings(deadline=None)
@given(st.floats(0.01, 2), st.floats(0.01, 2), angles)
def test_a_rectangle_has_a_twelfth_of_its_squared_sides_as_variance(width, height, angle):
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2] @ turn.T + [3, -2]
    area, mean, covariance = polygon_moments(corners)
    assert area == pytest.approx(width * height)
    np.testing.assert_allclose(mean, [3, -2], atol=1e-9)
    np.testing.assert_allclose(covariance, turn @ np.diag([width**2, height**2]) @ turn.T / 12, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(clouds())
def test_the_moments_of_a_polygon_are_those_of_points_inside_it(points):
    hull = convex_hull(points)
    area, mean, covariance = polygon_moments(hull)
    assume(area > 0.02)
    square = np.random.default_rng(0).random((20000, 2))
    samples = square[inside(hull, square)]
    assert area == pytest.approx(len(samples) / len(square), abs=0.02)
    expect_moments(mean, covariance, samples)


@settings(deadline=None)
@given(clouds(), angles, st.floats(-0.5, 0.5))
def test_clipping_divides_a_polygon_into_two_parts_that_make_it_up(points, angle, offset):
    hull = convex_hull(points)
    normal = np.array([math.cos(angle), math.sin(angle)])
    parts = [clip_polygon(hull, normal, offset), clip_polygon(hull, -normal, -offset)]
    for part, sign in zip(parts, (1, -1), strict=True):
        assert (sign * (part @ normal + offset) >= -1e-9).all()
        assert len(part) == 0 or inside(hull, part).all()
    shares = [0.5 * abs(cross(part, np.roll(part, -1, axis=0)).sum()) for part in parts]
    assert sum(shares) == pytest.approx(polygon_moments(hull)[0], abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(boxes())
def test_the_ellipse_of_a_thing_is_that_of_the_rays_that_meet_it(thing):
    view = project_object(CAMERA, thing)
    low, high = view.corners.min(axis=0), view.corners.max(axis=0)
    expect_moments(view.mean, view.covariance, sample_view(CAMERA, thing, low, high, 20000))


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_the_ellipse_of_a_wall_is_that_of_its_part_in_the_picture(seed):
    room = describe_room(seed)
    for thing in room.objects[: len(SHELL)]:
        view = project_object(room.camera, thing)
        samples = sample_view(room.camera, thing, np.zeros(2), np.ones(2), 20000)
        if len(samples) > 300:
            expect_moments(view.mean, view.covariance, samples)


@settings(max_examples=40, deadline=None)
@given(boxes())
def test_the_mean_lies_inside_the_projected_corners_and_the_ellipse_about_them(thing):
    view = project_object(CAMERA, thing)
    hull = convex_hull(view.corners)
    assert inside(hull, view.mean[None]).all()
    assert (np.linalg.eigvalsh(view.covariance) > 0).all()
    away = view.corners - view.mean
    distances = np.einsum("ni,ij,nj->n", away, np.linalg.inv(view.covariance), away)
    assert distances.max() >= 4 - 1e-6
    assert distances.max() <= 12


@settings(max_examples=40, deadline=None)
@given(boxes(), st.floats(1.2, 3))
def test_a_room_seen_at_another_scale_has_the_same_ellipses(thing, scale):
    def scaled(vector):
        return tuple(scale * number for number in vector)

    view = project_object(CAMERA, thing)
    larger = replace(thing, position=scaled(thing.position), size=scaled(thing.size))
    other = project_object(replace(CAMERA, position=scaled(CAMERA.position)), larger)
    np.testing.assert_allclose(other.mean, view.mean, atol=1e-9)
    np.testing.assert_allclose(other.covariance, view.covariance, atol=1e-9)
    assert other.depth == pytest.approx(scale * view.depth)


def test_what_is_behind_the_camera_has_no_ellipse():
    assert project_object(CAMERA, lamp_at(0, -3)) is None


def test_a_thing_that_reaches_behind_the_camera_is_cut_at_the_near_plane():
    long = replace(lamp_at(0.5, 0), size=(0.3, 6.0, 0.5))
    view = project_object(CAMERA, long)
    assert np.isfinite([*view.mean, *view.covariance.flat, *view.corners.flat]).all()
    assert (np.linalg.eigvalsh(view.covariance) > 0).all()


@given(cameras())
def test_the_planes_of_the_frustum_pass_through_the_edges_of_the_picture(camera):
    slope = math.tan(camera.fov / 2)
    corners = np.array([[-slope, -slope, 1], [slope, -slope, 1], [slope, slope, 1], [-slope, slope, 1]])
    for normal, offset in frustum_planes(camera):
        heights = corners @ normal + offset
        assert np.isclose(heights, 0, atol=1e-12).sum() == 2
        assert np.array([0, 0, 1.0]) @ normal + offset > 0

"""The ellipse of a thing's own outline, against its box's outline and against points that its parts cover."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.ellipses import convex_hull, project_object
from maquette.training.rooms.furniture import build_cabinet
from maquette.training.rooms.silhouettes import GRID, part_outlines, part_points, silhouette_moments
from maquette.training.rooms.types import FURNITURE, Material, Part, RoomObject, Shape
from rooms_samples import CAMERA, boxes, lamp_at, seeds

GREY = (0.5, 0.5, 0.5)


def area(covariance: np.ndarray) -> float:
    return float(np.sqrt(np.linalg.det(covariance)))


def filled(thing: RoomObject) -> RoomObject:
    """The thing as one solid box."""
    width, depth, height = thing.size
    part = Part("all", Shape.BOX, (0, 0, height / 2), (width, depth, height), Material(GREY))
    return replace(thing, parts=(part,))


def cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]


@settings(max_examples=30)
@given(boxes())
def test_a_solid_box_has_the_ellipse_of_its_outline(thing):
    view = project_object(CAMERA, thing)
    mean, covariance = silhouette_moments(CAMERA, filled(thing))
    # Of 6,000 boxes the worst was 2.8 cells off: a slab, whose long edges the raster tilts.
    cell = np.ptp(view.corners, axis=0).max() / GRID
    assert (np.abs(mean - view.mean) < 3 * cell).all()
    assert area(covariance) == pytest.approx(area(view.covariance), rel=0.06)


@settings(max_examples=20)
@given(seeds)
def test_the_ellipse_is_that_of_the_points_that_any_part_covers(seed):
    room = describe_room(seed)
    for thing in (each for each in room.objects if each.kind in FURNITURE):
        outlines = part_outlines(room.camera, thing)
        corners = np.concatenate(outlines)
        points = np.random.default_rng(0).uniform(corners.min(axis=0), corners.max(axis=0), (6000, 2))
        covered = np.zeros(len(points), bool)
        for outline in outlines:
            edges = np.roll(outline, -1, axis=0) - outline
            covered |= (cross(edges[None], points[:, None] - outline[None]) >= 0).all(axis=1)
        mean, covariance = silhouette_moments(room.camera, thing)
        inside = points[covered]
        spread = inside.std(axis=0)
        # A raster cell is a two-hundredth of the longer side; the rest is the sampling error.
        tolerance = 6 * spread / np.sqrt(len(inside)) + (corners.max(axis=0) - corners.min(axis=0)).max() / 100
        assert (np.abs(mean - inside.mean(axis=0)) < tolerance).all()
        assert area(covariance) == pytest.approx(area(np.cov(inside.T)), rel=0.2)


def test_a_lamp_is_smaller_than_its_box_and_sits_where_its_shade_is():
    lamp = lamp_at(0.0, 2.0)
    view = project_object(CAMERA, lamp)
    mean, covariance = silhouette_moments(CAMERA, lamp)
    assert area(covariance) < 0.8 * area(view.covariance)
    assert mean[1] < view.mean[1]


@pytest.mark.parametrize("shape", Shape)
def test_the_points_of_a_part_fill_its_size_around_its_centre(shape):
    part = Part("one", shape, (1.0, 2.0, 3.0), (0.4, 0.6, 0.8), Material(GREY))
    points = part_points(part)
    np.testing.assert_allclose(points.max(axis=0) - points.min(axis=0), part.size, rtol=0.02)
    np.testing.assert_allclose((points.max(axis=0) + points.min(axis=0)) / 2, part.centre, atol=1e-9)


def test_a_thing_behind_the_camera_has_no_silhouette():
    assert silhouette_moments(CAMERA, lamp_at(0.0, -4.0)) is None


@settings(max_examples=20)
@given(st.floats(0.5, 3.0))
def test_a_thing_that_reaches_behind_the_camera_has_a_finite_ellipse(length):
    long = build_cabinet((0.0, -1.0, 0.2), (0.5, length, 0.8), 0.0, 2, GREY, GREY)
    mean, covariance = silhouette_moments(CAMERA, long)
    assert np.isfinite([*mean, *covariance.flat]).all()
    assert (np.linalg.eigvalsh(covariance) > 0).all()


def test_outlines_are_convex():
    for outline in part_outlines(CAMERA, lamp_at(0.3, 2.0)):
        np.testing.assert_array_equal(convex_hull(outline), outline)

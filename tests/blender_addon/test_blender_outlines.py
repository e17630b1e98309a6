from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_blender_camera import FLAT, FRONT

from blender_addon.camera import View
from blender_addon.outlines import LARGEST_ASPECT, Box, convex_hull, ellipse_of, moments
from blender_addon.placement import Frame, semi_axes

SQUARE = Frame(1.0, 1.0, 0.0012)
points = st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=3, max_size=12)


def box(centre, half) -> Box:
    return Box(centre, ((half[0], 0.0, 0.0), (0.0, half[1], 0.0), (0.0, 0.0, half[2])))


def test_a_face_seen_straight_on_is_the_ellipse_of_its_rectangle():
    """A rectangle of half sides a, b has the standard deviations a/√3, b/√3, and the edge lies at two of them."""
    seen = ellipse_of([box((0.0, 10.0, 1.0), (2.0, 0.0, 1.0))], FRONT, SQUARE)
    assert seen is not None
    assert (seen.x, seen.y) == pytest.approx((0.5, 0.4))
    assert semi_axes(seen, SQUARE) == pytest.approx((2 * 0.2 / math.sqrt(3), 2 * 0.1 / math.sqrt(3)))
    assert math.sin(seen.angle) == pytest.approx(0.0)


def test_the_half_opaque_edge_is_where_training_puts_it():
    """Rooms are labelled with size 4·√det(covariance) / area normaliser."""
    seen = ellipse_of([box((0.0, 10.0, 0.0), (2.0, 0.0, 1.0))], FRONT, SQUARE)
    assert seen is not None
    assert seen.size == pytest.approx(4 * (0.2 / math.sqrt(3)) * (0.1 / math.sqrt(3)) / 0.0012)


def test_a_box_is_seen_with_its_depth():
    flat, deep = (ellipse_of([box((2.0, 6.0, -1.0), (0.5, depth, 0.5))], FRONT, SQUARE) for depth in (0.0, 1.5))
    assert flat is not None
    assert deep is not None
    assert deep.size > flat.size


def test_a_turned_box_has_a_turned_ellipse():
    cosine, sine = math.cos(0.4), math.sin(0.4)
    turned = Box((0.0, 8.0, 0.0), ((2 * cosine, 0.0, 2 * sine), (0.0, 0.0, 0.0), (-0.5 * sine, 0.0, 0.5 * cosine)))
    seen = ellipse_of([turned], FLAT, SQUARE)
    assert seen is not None
    # Up to the left as the camera sees it is counter-clockwise; angles in the picture go clockwise.
    assert seen.angle == pytest.approx(-0.4)
    assert seen.aspect == pytest.approx(4.0)


def test_what_is_behind_the_camera_is_not_seen():
    assert ellipse_of([box((0.0, -5.0, 0.0), (1.0, 1.0, 1.0))], FRONT, SQUARE) is None


def test_what_reaches_behind_the_camera_is_cut_there():
    floor = box((0.0, 0.0, -1.0), (1.0, 6.0, 0.0))
    seen = ellipse_of([floor], FRONT, SQUARE)
    assert seen is not None
    assert all(map(math.isfinite, (seen.x, seen.y, seen.size, seen.aspect, seen.angle)))
    assert seen.y > 0.5


def test_the_room_is_cut_to_the_picture_and_other_things_are_not():
    wall = box((0.0, 4.0, 0.0), (40.0, 0.0, 40.0))
    whole, cut = (ellipse_of([wall], FRONT, SQUARE, within) for within in (False, True))
    assert whole is not None
    assert cut is not None
    assert semi_axes(cut, SQUARE) == pytest.approx((1 / math.sqrt(3), 1 / math.sqrt(3)))
    assert whole.size > 100 * cut.size


@given(st.booleans(), st.floats(-0.3, 0.3), st.floats(0.5, 2))
def test_what_fills_the_view_has_its_middle_wherever_the_camera_is_shifted(
    perspective: bool, shift: float, unit: float
):
    view = View((0.0, 0.0, 0.0), FRONT.right, FRONT.up, FRONT.backward, (shift, -shift), unit, perspective, 0.1)
    seen = ellipse_of([box((0.0, 4.0, 0.0), (400.0, 0.0, 400.0))], view, Frame(1.0, 0.5, 0.0012), within_picture=True)
    assert seen is not None
    assert (seen.x, seen.y) == pytest.approx((0.5, 0.5))
    assert seen.aspect ** (1 if abs(math.sin(seen.angle)) < 0.5 else -1) == pytest.approx(2.0)


def test_two_boxes_of_one_thing_have_one_outline():
    left, right = (box((x, 10.0, 0.0), (0.5, 0.0, 1.0)) for x in (-1.5, 1.5))
    both, whole = (ellipse_of(boxes, FRONT, SQUARE) for boxes in ([left, right], [box((0, 10, 0), (2, 0, 1))]))
    assert both is not None
    assert whole is not None
    assert (both.size, both.aspect) == pytest.approx((whole.size, whole.aspect))


def test_an_ellipse_is_no_thinner_than_those_of_training():
    seen = ellipse_of([box((0.0, 10.0, 0.0), (3.0, 0.0, 0.02))], FRONT, SQUARE)
    assert seen is not None
    assert seen.aspect == LARGEST_ASPECT


def test_what_is_seen_as_a_line_is_not_seen():
    assert ellipse_of([box((0.0, 10.0, 0.0), (3.0, 1.0, 0.0))], FRONT, SQUARE) is None


@given(points)
def test_moments_are_those_of_the_area(polygon):
    hull = convex_hull(polygon)
    assume(len(hull) >= 3)
    area, mean, (xx, xy, yy) = moments(hull)
    assume(area > 1e-3)
    moved = [(x + 5.0, y - 2.0) for x, y in hull[1:] + hull[:1]]
    other_area, other_mean, other_spread = moments(moved)
    assert other_area == pytest.approx(area)
    assert other_mean == pytest.approx((mean[0] + 5.0, mean[1] - 2.0))
    assert other_spread == pytest.approx((xx, xy, yy), abs=1e-6)
    assert xx * yy >= xy * xy
    # No area has less spread than a disc: det(covariance) ≥ (area / 4π)².
    assert math.sqrt(max(xx * yy - xy * xy, 0.0)) >= area / (4 * math.pi) * (1 - 1e-6)


def test_a_side_of_a_box_faces_the_given_way():
    room = box((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    floor, left = room.side((0.0, 0.0, -1.0)), room.side((-0.9, 0.1, 0.2))
    assert (floor.centre, floor.halves[2]) == ((1.0, 2.0, -3.0), (0.0, 0.0, 0.0))
    assert (left.centre, left.halves[0]) == ((-3.0, 2.0, 3.0), (0.0, 0.0, 0.0))


def test_a_box_around_points_holds_them():
    around = Box.around([(0.0, 1.0, 2.0), (4.0, -1.0, 2.0)])
    assert around.centre == (2.0, 0.0, 2.0)
    assert {corner[0] for corner in around.corners} == {0.0, 4.0}

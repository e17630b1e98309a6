from __future__ import annotations

import math

import pytest
from blender_values import ellipses
from hypothesis import example, given
from hypothesis import strategies as st

from blender_addon.camera import Body, View, facing, image, read, showing
from blender_addon.linear import cross, dot, minus, plus, scaled
from blender_addon.placement import Frame, place, semi_axes
from blender_addon.scene import Ellipse

SQUARE = Frame(1.0, 1.0, 0.02)
WIDE = Frame(1.0, 0.5, 0.02)
EXACT, NEAR_ENOUGH = 1e-6, 2e-2
# Not near anything that is drawn below: what is close to the known ellipse keeps its digits.
UNKNOWN = Ellipse(-9.0, -9.0, 1e5)
# At the world's origin, looking along +y with z up, through a picture that is 1 wide at distance 1.
FRONT = View((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0), (0.0, 0.0), 1.0, True, 0.1)
FLAT = View((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0), (0.0, 0.0), 4.0, False, 0.1)


def sphere(radius: float, centre: tuple[float, float, float]) -> Body:
    return Body(centre, ((radius, 0.0, 0.0), (0.0, radius, 0.0), (0.0, 0.0, radius)))


def turned_view(yaw: float, pitch: float, position, perspective: bool, unit: float, middle) -> View:
    """A camera that looks somewhere."""
    forward = (math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), math.sin(pitch))
    right = (math.cos(yaw), -math.sin(yaw), 0.0)
    return View(position, right, cross(right, forward), scaled(forward, -1.0), middle, unit, perspective, 0.1)


coordinates = st.floats(-20, 20)
views = st.builds(
    turned_view,
    yaw=st.floats(-3, 3),
    pitch=st.floats(-1.3, 1.3),
    position=st.tuples(coordinates, coordinates, coordinates),
    perspective=st.booleans(),
    unit=st.floats(0.3, 3.0),
    middle=st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)),
)
frames = st.sampled_from((SQUARE, WIDE))


def assert_shows(body: Body, view: View, frame: Frame, ellipse: Ellipse, tolerance: float = EXACT) -> None:
    """The body's image is the ellipse, compared as what is seen: its middle and its spread."""
    shown, wanted = image(body, view), place(ellipse, frame)
    assert shown is not None
    assert (shown.x, shown.y) == pytest.approx((wanted.x, wanted.y), abs=tolerance)
    (a, c), (b, d) = wanted.first, wanted.second
    size = max(semi_axes(ellipse, frame)) ** 2
    assert shown.spread == pytest.approx((a * a + b * b, a * c + b * d, c * c + d * d), abs=tolerance * size)


def test_a_sphere_straight_ahead_is_a_circle_in_the_middle():
    shown = image(sphere(0.2, (0.0, 4.0, 0.0)), FRONT)
    assert shown is not None
    assert (shown.x, shown.y, shown.distance) == (0.0, 0.0, 4.0)
    assert shown.spread == pytest.approx((0.05**2, 0.0, 0.05**2))


def test_a_small_sphere_has_the_outline_of_its_tangent_cone():
    """The exact image of a sphere of radius r at c: the directions v with (v·c)² = |v|² (|c|² − r²)."""
    radius, centre = 0.02, (1.0, 3.0, 0.7)
    shown = image(sphere(radius, centre), FRONT)
    assert shown is not None
    xx, xy, yy = shown.spread
    determinant = xx * yy - xy * xy
    for step in range(12):
        angle = step * math.pi / 6
        direction = math.cos(angle), math.sin(angle)
        shape = (yy * direction[0] ** 2 - 2 * xy * direction[0] * direction[1] + xx * direction[1] ** 2) / determinant
        edge = [middle + part / math.sqrt(shape) for middle, part in zip((shown.x, shown.y), direction, strict=True)]
        ray = (edge[0], 1.0, edge[1])
        off_centre = math.sqrt(dot(cross(ray, centre), cross(ray, centre)) / dot(ray, ray))
        assert off_centre == pytest.approx(radius, rel=0.02)


def test_what_is_twice_as_far_is_half_as_large():
    near, far = (image(sphere(0.2, (0.0, distance, 0.0)), FRONT) for distance in (3.0, 6.0))
    assert near is not None
    assert far is not None
    assert near.spread[0] == pytest.approx(4 * far.spread[0])


@given(st.floats(1, 50), coordinates, coordinates)
def test_without_perspective_distance_changes_nothing_but_the_order(distance: float, x: float, z: float):
    shown = image(sphere(0.4, (x, distance, z)), FLAT)
    assert shown is not None
    assert (shown.x, shown.y, shown.distance) == pytest.approx((x / 4, z / 4, distance))
    assert shown.spread == pytest.approx((0.01, 0.0, 0.01))


def test_what_is_behind_the_camera_is_not_seen():
    behind = sphere(1.0, (0.0, -2.0, 0.0))
    assert image(behind, FRONT) is None
    assert read(behind, FRONT, SQUARE, UNKNOWN) is None
    assert showing(behind, Ellipse(0.5, 0.5, 2.0), SQUARE, FRONT) is None


def test_what_the_camera_stands_in_is_seen_when_its_middle_is_in_front():
    shown = image(sphere(5.0, (0.0, 2.0, 0.0)), FRONT)
    assert shown is not None
    assert shown.spread == pytest.approx((6.25, 0.0, 6.25))


def test_a_camera_looks_through_the_middle_of_its_window():
    wide = FRONT.fitted((-0.5, 0.7, -0.3, 0.3), SQUARE)
    assert (wide.middle, wide.unit) == (pytest.approx((0.1, 0.0)), pytest.approx(0.6))
    upright = FRONT.fitted((-0.3, 0.3, -0.5, 0.5), WIDE)
    assert upright.unit == pytest.approx(0.6)


@given(ellipses, views, frames, st.floats(0.5, 30), st.booleans())
def test_an_ellipse_survives_the_world(ellipse: Ellipse, view: View, frame: Frame, distance: float, flat: bool):
    body = facing(ellipse, frame, view, distance, flat)
    shown = image(body, view)
    assert shown is not None
    assert shown.distance == pytest.approx(distance)
    if not flat:
        assert_shows(body, view, frame, ellipse)
    assert read(body, view, frame, ellipse) == ellipse
    seen = read(body, view, frame, UNKNOWN)
    assert seen is not None
    assert (seen.x, seen.y) == pytest.approx((ellipse.x, ellipse.y), abs=1e-5)
    assert seen.size == pytest.approx(ellipse.size, rel=0.01)


@given(ellipses, views, st.floats(0.5, 30), st.booleans())
def test_its_axes_are_at_right_angles(ellipse: Ellipse, view: View, distance: float, flat: bool):
    first, second, third = facing(ellipse, SQUARE, view, distance, flat).axes
    longest = max(dot(axis, axis) for axis in (first, second, third))
    for one, other in ((first, second), (second, third), (third, first)):
        assert abs(dot(one, other)) < 1e-9 * longest
    assert dot(cross(first, second), third) > 0


@given(ellipses, ellipses, views, frames, st.floats(0.5, 30))
@example(Ellipse(0.0, 0.0, 1.0, 2.0, 0.0), Ellipse(0.0, 0.0, 1.0, 2.0, 6.1e-5), FLAT, SQUARE, 1.0)
def test_a_body_is_made_to_show_another_ellipse(
    before: Ellipse, after: Ellipse, view: View, frame: Frame, distance: float
):
    start = facing(before, frame, view, distance)
    body = showing(start, after, frame, view)
    assert body is not None
    # What differs by less than rounding may do is left as it is.
    assert_shows(body, view, frame, after, NEAR_ENOUGH if body is start else EXACT)
    shown = image(body, view)
    assert shown is not None
    assert shown.distance == pytest.approx(distance)
    first, second, third = body.axes
    longest = max(dot(axis, axis) for axis in body.axes)
    assert max(abs(dot(first, second)), abs(dot(second, third)), abs(dot(third, first))) < 1e-7 * longest


@given(ellipses, views)
def test_a_body_that_shows_it_already_is_left_as_it_is(ellipse: Ellipse, view: View):
    body = facing(ellipse, SQUARE, view, 5.0)
    assert showing(body, ellipse, SQUARE, view) is body


@given(ellipses, views, st.floats(-3, 3))
def test_a_body_that_only_moves_along_its_ray_keeps_its_place(ellipse: Ellipse, view: View, step: float):
    body = facing(ellipse, SQUARE, view, 5.0)
    ray = minus(body.centre, view.position) if view.perspective else view.backward
    shown = image(Body(plus(body.centre, scaled(ray, 0.1 * step)), body.axes), view)
    assert shown is not None
    assert (shown.x, shown.y) == pytest.approx((ellipse.x - 0.5, 0.5 - ellipse.y), abs=1e-6)


def test_what_is_too_small_to_be_seen_stays_so_when_the_camera_comes_nearer():
    ghost = Ellipse(0.5, 0.5, -12.0, 2.0, 0.0)
    body = facing(ghost, SQUARE, FRONT, 8.0)
    near = View((0.0, 6.0, 0.0), FRONT.right, FRONT.up, FRONT.backward, (0.0, 0.0), 1.0, True, 0.1)
    kept, grown = (read(body, near, SQUARE, ghost, unscaled) for unscaled in (True, False))
    assert kept is not None
    assert grown is not None
    assert kept.size == -12.0
    assert grown.size > 0


def test_far_from_the_worlds_origin_rounding_is_forgiven():
    """Blender's transforms have 24 bits: at 4 km they are known to a quarter of a millimetre."""
    ellipse = Ellipse(0.4, 0.6, 2.0, 1.5, 0.3)
    view = View((4e3, 0.0, 0.0), FRONT.right, FRONT.up, FRONT.backward, (0.0, 0.0), 1.0, True, 0.1)
    body = facing(ellipse, SQUARE, view, 3.0)
    rounded = Body((round(4096 * body.centre[0]) / 4096, *body.centre[1:]), body.axes)
    assert rounded != body
    assert read(rounded, view, SQUARE, ellipse) == ellipse


def test_a_flat_body_seen_edge_on_is_given_up():
    disc = Body((0.0, 4.0, 0.0), ((0.0, 0.5, 0.0), (0.0, 0.0, 0.5), (1e-6, 0.0, 0.0)))
    assert showing(disc, Ellipse(0.5, 0.5, 2.0), SQUARE, FRONT) is None

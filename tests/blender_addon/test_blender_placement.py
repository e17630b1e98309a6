from __future__ import annotations

import math
from dataclasses import replace

import pytest
from blender_values import ellipses
from hypothesis import given

from blender_addon.placement import SMALLEST_AXIS, Frame, Placement, place, read, rotation, semi_axes
from blender_addon.scene import Ellipse

SQUARE = Frame(1.0, 1.0, 0.02)
# Not near anything that is drawn below: what is close to the known ellipse keeps its digits.
UNKNOWN = Ellipse(-9.0, -9.0, 1e5)


def assert_same_ellipse(first: Ellipse, second: Ellipse) -> None:
    assert (first.x, first.y, first.size, first.aspect) == pytest.approx(
        (second.x, second.y, second.size, second.aspect), abs=1e-6, rel=1e-6
    )
    turn = (first.angle - second.angle) % math.pi
    assert min(turn, math.pi - turn) < 1e-6


@given(ellipses)
def test_an_ellipse_survives_its_empty(ellipse: Ellipse):
    assert_same_ellipse(read(place(ellipse, SQUARE), SQUARE, UNKNOWN), ellipse)


@given(ellipses)
def test_an_untouched_empty_keeps_every_digit(ellipse: Ellipse):
    stored = place(ellipse, SQUARE)
    jittered = replace(stored, x=stored.x + 1e-7, first=(stored.first[0] - 1e-7, stored.first[1]))
    assert read(jittered, SQUARE, ellipse) == ellipse


def test_the_picture_is_upright_on_the_plane():
    left_top = place(Ellipse(0.0, 0.0, 2.0), SQUARE)
    assert (left_top.x, left_top.y) == (-0.5, 0.5)


def test_clockwise_in_the_picture_is_clockwise_on_the_plane():
    assert rotation(Ellipse(0.5, 0.5, 2.0, 2.0, 0.4)) == -0.4


def test_a_wide_picture_has_a_wide_plane():
    frame = Frame.of_picture(200, 100, 0.02)
    assert (frame.width, frame.height) == (1.0, 0.5)
    assert place(Ellipse(1.0, 1.0, 2.0), frame).y == -0.25


def test_scaling_an_empty_twofold_makes_the_blob_four_times_as_large():
    ellipse = Ellipse(0.5, 0.5, 2.0, 1.5, 0.0)
    shown = place(ellipse, SQUARE)
    doubled = replace(shown, first=(2 * shown.first[0], 0.0), second=(0.0, 2 * shown.second[1]))
    grown = read(doubled, SQUARE, ellipse)
    assert (grown.size, grown.aspect) == pytest.approx((8.0, 1.5))


def test_an_invisible_blob_can_be_found_and_keeps_its_size_when_moved():
    ellipse = Ellipse(0.5, 0.5, -3.0, 2.0, 0.0)
    shown = place(ellipse, SQUARE)
    assert math.prod(semi_axes(ellipse, SQUARE)) == pytest.approx(SMALLEST_AXIS**2)
    moved = read(replace(shown, x=0.2), SQUARE, ellipse)
    assert (moved.x, moved.size, moved.aspect) == pytest.approx((0.7, -3.0, 2.0))


def test_a_rotated_blob_keeps_its_exact_size():
    ellipse = Ellipse(0.5, 0.5, 2.123456789, 1.3, 0.1)
    turned = read(Placement.of(0.0, 0.0, 0.0, semi_axes(ellipse, SQUARE), -0.7), SQUARE, ellipse)
    assert (turned.size, turned.aspect) == (ellipse.size, ellipse.aspect)
    assert turned.angle == pytest.approx(0.7)


def test_a_mirrored_empty_shows_the_same_ellipse():
    ellipse = Ellipse(0.5, 0.5, 2.0, 3.0, 0.4)
    shown = place(ellipse, SQUARE)
    mirrored = replace(shown, first=(-shown.first[0], -shown.first[1]))
    assert_same_ellipse(read(mirrored, SQUARE, UNKNOWN), ellipse)


def test_a_sheared_empty_is_read_as_the_ellipse_that_is_seen():
    a, b, c, d = 0.2, 0.1, 0.05, 0.15
    seen = read(Placement(0.0, 0.0, 0.0, (a, c), (b, d)), SQUARE, UNKNOWN)
    first, second = semi_axes(seen, SQUARE)
    # Every point of the sheared circle lies on the ellipse.
    for step in range(12):
        t = step * math.pi / 6
        x, y = a * math.cos(t) + b * math.sin(t), c * math.cos(t) + d * math.sin(t)
        cosine, sine = math.cos(-seen.angle), math.sin(-seen.angle)
        along, across = x * cosine + y * sine, -x * sine + y * cosine
        assert (along / first) ** 2 + (across / second) ** 2 == pytest.approx(1.0)


def test_an_empty_scaled_to_nothing_is_a_blob_that_has_vanished():
    vanished = read(Placement(0.0, 0.0, 0.0, (0.0, 0.0), (0.0, 0.0)), SQUARE, Ellipse(0.5, 0.5, 2.0))
    assert (vanished.size, vanished.aspect) == (0.0, 1.0)


def test_an_empty_far_away_stays_within_the_contract():
    far = read(Placement(5e4, -5e4, 0.0, (1e9, 0.0), (0.0, 1e3)), SQUARE, UNKNOWN)
    assert far == Ellipse(1e3, 1e3, 1e6, 1e3, 0.0)

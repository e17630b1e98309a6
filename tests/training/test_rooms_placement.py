"""Where things stand: inside the room, in view, and clear of each other."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.ellipses import box_corners, project_object
from maquette.training.rooms.placement import (
    fits,
    fits_in_room,
    footprint,
    hanging_wall,
    rectangles_meet,
    turned,
    wall_span,
)
from maquette.training.rooms.types import FLAT, RESTS_ON_BED, SHELL, Kind, RoomDescription, RoomObject
from rooms_samples import CAMERA, boxes, lamp_at, picture_on, seeds

EXTENT = (4.0, 4.0, 2.6)
WALLS = (Kind.BACK_WALL, Kind.LEFT_WALL, Kind.RIGHT_WALL)

coordinates = st.floats(-5, 5, allow_nan=False)


@st.composite
def rectangles(draw: st.DrawFn) -> tuple[float, float, float, float]:
    left, front = draw(coordinates), draw(coordinates)
    return left, front, left + draw(st.floats(0.1, 3)), front + draw(st.floats(0.1, 3))


def standing(room: RoomDescription) -> list[RoomObject]:
    """What stands on the floor by itself."""
    return [thing for thing in room.objects if thing.kind not in (*SHELL, *FLAT, *RESTS_ON_BED)]


def floor_bounds(thing: RoomObject) -> tuple[np.ndarray, np.ndarray]:
    """The lower and upper bounds of a thing's corners on the floor."""
    corners = box_corners(thing)[:, :2]
    return corners.min(axis=0), corners.max(axis=0)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_no_two_standing_things_overlap(seed):
    for one, other in itertools.combinations(standing(describe_room(seed)), 2):
        (low, high), (other_low, other_high) = floor_bounds(one), floor_bounds(other)
        assert (np.maximum(low, other_low) > np.minimum(high, other_high)).any(), f"{one.kind} in {other.kind}"


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_window_and_picture_do_not_overlap(seed):
    room = describe_room(seed)
    hung = [room.find(Kind.WINDOW), room.find(Kind.PICTURE)]
    if None in hung:
        return
    bounds = [(box_corners(thing).min(axis=0), box_corners(thing).max(axis=0)) for thing in hung]
    (low, high), (other_low, other_high) = bounds
    assert (np.maximum(low, other_low) > np.minimum(high, other_high)).any()


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_standing_things_are_within_the_walls(seed):
    room = describe_room(seed)
    for thing in standing(room):
        low, high = floor_bounds(thing)
        assert low[0] >= -room.extent[0] / 2
        assert high[0] <= room.extent[0] / 2
        assert low[1] >= 0
        assert high[1] <= room.extent[1]
        assert thing.position[2] == 0
        assert thing.size[2] < room.extent[2]


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_middle_of_what_was_placed_is_in_the_picture(seed):
    room = describe_room(seed)
    for thing in room.objects:
        if thing.kind in (*SHELL, *RESTS_ON_BED):
            continue
        view = project_object(room.camera, thing)
        assert view is not None
        assert ((view.mean > 0) & (view.mean < 1)).all()
        assert view.depth > 1


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_what_was_placed_still_fits_in_the_finished_room(seed):
    room = describe_room(seed)
    placed = [thing for thing in room.objects if thing.kind not in (*SHELL, *RESTS_ON_BED)]
    assert all(fits_in_room(room, thing) for thing in placed)


@given(boxes())
def test_the_footprint_bounds_the_corners(thing):
    low, high = floor_bounds(thing)
    np.testing.assert_allclose(footprint(thing), [*low, *high], atol=1e-9)


@given(rectangles(), rectangles(), st.floats(0, 0.5))
def test_rectangles_meet_where_the_gap_is_below_the_clearance_both_ways(one, other, clearance):
    gap_across = max(other[0] - one[2], one[0] - other[2])
    gap_along = max(other[1] - one[3], one[1] - other[3])
    widest = max(gap_across, gap_along)
    if abs(widest - clearance) > 1e-9:
        assert rectangles_meet(one, other, clearance) == (widest < clearance)
    assert rectangles_meet(one, other, clearance) == rectangles_meet(other, one, clearance)


@given(st.tuples(coordinates, coordinates), st.floats(-7, 7))
def test_turning_is_a_rotation_of_the_complex_plane(point, yaw):
    expected = complex(*point) * np.exp(1j * yaw)
    assert complex(*turned(point, yaw)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y"), [(0, 3.9), (1.9, 3), (-1.9, 3), (0, -3), (0, 0.2)], ids=["back", "right", "left", "behind", "too near"]
)
def test_a_thing_outside_the_room_or_the_view_does_not_fit(x, y):
    assert fits(CAMERA, EXTENT, (), lamp_at(0, 3))
    assert not fits(CAMERA, EXTENT, (), lamp_at(x, y))


def test_a_thing_fits_beside_another_but_not_into_it():
    cabinet = replace(lamp_at(0, 3), kind=Kind.CABINET)
    assert fits(CAMERA, EXTENT, (cabinet,), lamp_at(0.5, 3))
    assert not fits(CAMERA, EXTENT, (cabinet,), lamp_at(0.3, 3))


def test_a_thing_is_not_in_its_own_way():
    assert fits(CAMERA, EXTENT, (lamp_at(0, 3),), lamp_at(0.1, 3))


@pytest.mark.parametrize("wall", WALLS)
def test_a_hanging_thing_knows_its_wall_and_its_span(wall):
    thing = picture_on(wall, 1.5, 1.4, EXTENT)
    assert hanging_wall(thing) is wall
    assert wall_span(thing) == pytest.approx((1.1, 1.4, 1.9, 1.9))


def test_a_picture_does_not_hang_over_a_window_but_may_hang_on_another_wall():
    window = replace(picture_on(Kind.BACK_WALL, 0.0, 1.4, EXTENT), kind=Kind.WINDOW)
    assert not fits(CAMERA, EXTENT, (window,), picture_on(Kind.BACK_WALL, 0.6, 1.4, EXTENT))
    assert fits(CAMERA, EXTENT, (window,), picture_on(Kind.BACK_WALL, 1.0, 1.4, EXTENT))
    assert fits(CAMERA, EXTENT, (window,), picture_on(Kind.LEFT_WALL, 3.2, 1.4, EXTENT))


@pytest.mark.parametrize(("along", "height"), [(1.8, 1.4), (0, 2.3), (0, 0.1)], ids=["corner", "ceiling", "floor"])
def test_a_picture_does_not_reach_past_its_wall(along, height):
    assert not fits(CAMERA, EXTENT, (), picture_on(Kind.BACK_WALL, along, height, EXTENT))

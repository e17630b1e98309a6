"""Moving one thing in a room: what goes with it, and where it may go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.rooms.description import describe_room, move_object
from maquette.training.rooms.ellipses import project_object
from maquette.training.rooms.moves import (
    LEAST_SHIFT,
    MOVED_KINDS,
    choose_move,
    describe_moved,
    moved_path,
    render_moves,
)
from maquette.training.rooms.placement import fits_in_room, hanging_wall
from maquette.training.rooms.shards import read_shard
from maquette.training.rooms.types import KINDS, RESTS_ON_BED, Kind
from rooms_samples import PlainRenderer, seeds

offsets = st.tuples(*[st.floats(-1, 1, allow_nan=False)] * 3)


@settings(max_examples=40, deadline=None)
@given(seeds, offsets, st.sampled_from(KINDS))
def test_a_move_takes_along_what_lies_on_a_bed_and_nothing_else(seed, offset, kind):
    room = describe_room(seed)
    moved = move_object(room, kind, offset)
    takes = {kind, *RESTS_ON_BED} if kind is Kind.BED else {kind}
    assert (moved.seed, moved.extent, moved.camera, moved.light) == (room.seed, room.extent, room.camera, room.light)
    for before, after in zip(room.objects, moved.objects, strict=True):
        if before.kind in takes:
            np.testing.assert_allclose(np.subtract(after.position, before.position), offset, atol=1e-12)
            assert (after.kind, after.size, after.yaw, after.parts) == (
                before.kind,
                before.size,
                before.yaw,
                before.parts,
            )
        else:
            assert after == before


def test_moving_the_bed_moves_blanket_and_pillows():
    room = next(room for room in map(describe_room, range(20)) if all(map(room.find, (Kind.BED, *RESTS_ON_BED))))
    moved = move_object(room, Kind.BED, (0.25, -0.5, 0.0))
    for kind in (Kind.BED, *RESTS_ON_BED):
        shift = np.subtract(moved.find(kind).position, room.find(kind).position)
        np.testing.assert_allclose(shift, (0.25, -0.5, 0.0), atol=1e-12)


def test_moving_what_a_room_lacks_leaves_it_as_it_is():
    room = next(room for room in map(describe_room, range(50)) if room.find(Kind.LAMP) is None)
    assert move_object(room, Kind.LAMP, (1.0, 0.0, 0.0)) == room
    assert choose_move(room, Kind.LAMP) is None


@pytest.mark.parametrize("kind", MOVED_KINDS)
def test_a_chosen_move_fits_and_can_be_seen(kind):
    chosen = 0
    for room in map(describe_room, range(25)):
        offset = choose_move(room, kind)
        if offset is None:
            continue
        chosen += 1
        before, after = room.find(kind), move_object(room, kind, offset).find(kind)
        assert fits_in_room(room, after)
        shift = project_object(room.camera, after).mean - project_object(room.camera, before).mean
        assert np.hypot(*shift) >= LEAST_SHIFT
    assert chosen >= 5


@settings(max_examples=15, deadline=None)
@given(seeds, st.sampled_from(MOVED_KINDS))
def test_a_seed_and_a_kind_always_choose_the_same_move(seed, kind):
    assert choose_move(describe_room(seed), kind) == choose_move(describe_room(seed), kind)


def test_pictures_slide_along_their_wall_and_furniture_along_the_floor():
    for room in map(describe_room, range(25)):
        picture, bed = choose_move(room, Kind.PICTURE), choose_move(room, Kind.BED)
        if picture is not None:
            off_the_wall = 1 if hanging_wall(room.find(Kind.PICTURE)) is Kind.BACK_WALL else 0
            assert picture[off_the_wall] == 0
        if bed is not None:
            assert bed[2] == 0


def test_moved_rooms_are_the_first_in_which_the_kind_can_move():
    rooms = describe_moved(Kind.RUG, range(40), 5)
    movable = [seed for seed in range(40) if choose_move(describe_room(seed), Kind.RUG) is not None]
    assert [room.seed for room in rooms] == movable[:5]
    assert all(room != describe_room(room.seed) for room in rooms)


def test_each_moved_kind_is_rendered_once(tmp_path):
    renderer = PlainRenderer()
    paths = list(render_moves(renderer, tmp_path, range(20), 3))
    assert paths == [moved_path(tmp_path, kind) for kind in MOVED_KINDS]
    for kind, path in zip(MOVED_KINDS, paths, strict=True):
        expected = [room.seed for room in describe_moved(kind, range(20), 3)]
        assert read_shard(path, ("seed",))["seed"].tolist() == expected
    renderer.seeds.clear()
    assert list(render_moves(renderer, tmp_path, range(20), 3)) == []
    assert renderer.seeds == []

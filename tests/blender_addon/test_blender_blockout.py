from __future__ import annotations

from dataclasses import replace

import pytest
from blender_values import blob, scene
from test_blender_camera import FRONT
from test_blender_outlines import box

from blender_addon.blockout import (
    ROOM,
    WALL,
    Placed,
    Thing,
    absent_ids,
    in_order,
    most_alike,
    placed_things,
    standing_apart,
    with_things,
)
from blender_addon.camera import Body
from blender_addon.linear import dot
from blender_addon.outlines import Box, room_ellipse
from blender_addon.placement import Frame
from blender_addon.scene import Ellipse, Scene

FRAME = Frame(1.0, 1.0, 0.0012)
ROOMS = ("floor", "ceiling", "left wall", "right wall", "rug", "bed", "blanket", "pillows", "lamp")
BODY = Body((0.0, 4.0, 0.0), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))


def thing(kind: str, centre=(0.0, 5.0, 0.0), half=(0.5, 0.5, 0.5)) -> Thing:
    return Thing(kind.capitalize(), kind, (box(centre, half),))


def placed(kind: str, distance: float, x: float = 0.5) -> Placed:
    return Placed(kind.capitalize(), kind, Ellipse(x, 0.5, 20.0), distance, BODY)


def sampled(shift: float = 0.0) -> Scene:
    return scene(
        *(
            blob(f"7-{row}", row, name=name, ellipse=Ellipse(0.5 + shift, 0.5, 20.0))
            for row, name in enumerate(ROOMS, 1)
        )
    )


def kinds(things) -> list[str]:
    return [each.kind for each in things]


def test_things_come_from_back_to_front():
    """The room, what lies flat on it, then by distance; what lies on the bed comes with the bed."""
    seen = placed_things(
        [
            thing("blanket", (0.0, 6.0, 0.3)),
            thing("lamp", (1.0, 4.0, 0.0)),
            thing("bed", (0.0, 5.0, 0.0)),
            thing("rug", (0.0, 2.0, -0.5)),
            thing("floor", (0.0, 3.0, -1.0), (3.0, 3.0, 0.1)),
        ],
        FRONT,
        FRAME,
        ROOMS,
    )
    assert kinds(seen) == ["floor", "rug", "bed", "blanket", "lamp"]


def test_what_is_not_seen_or_not_known_is_left_out():
    seen = placed_things([thing("bed", (0.0, -5.0, 0.0)), thing("piano")], FRONT, FRAME, ROOMS)
    assert seen == []


def test_a_room_is_taken_apart_into_its_sides():
    room = thing(ROOM, (0.0, 1.0, 0.0), (2.0, 4.0, 1.0))
    seen = {each.kind: each for each in placed_things([room], FRONT, FRAME, ROOMS)}
    assert set(seen) == {"floor", "ceiling", "left wall", "right wall"}
    assert seen["floor"].ellipse.y > 0.6 > 0.4 > seen["ceiling"].ellipse.y
    assert seen["left wall"].ellipse.x < 0.4 < 0.6 < seen["right wall"].ellipse.x
    assert {each.name for each in seen.values()} == {"Room"}


def test_a_wall_is_told_by_where_it_is_seen():
    walls = [thing(WALL, (x, 4.0, 0.0), (0.1, 1.0, 1.0)) for x in (-1.5, 1.5)]
    assert sorted(kinds(placed_things(walls, FRONT, FRAME, ROOMS))) == ["left wall", "right wall"]


def test_a_flat_thing_has_a_body_that_can_be_turned():
    [rug] = placed_things([thing("rug", (0.0, 5.0, -1.0), (1.0, 1.0, 0.0))], FRONT, FRAME, ROOMS)
    lengths = [dot(axis, axis) ** 0.5 for axis in rug.body.axes]
    assert min(lengths) > 0.01


def test_the_scene_with_things_most_alike_is_taken():
    scenes = [sampled(shift) for shift in (0.3, -0.2, 0.1)]
    assert most_alike(scenes, [placed("bed", 4.0, 0.35)], FRAME) is scenes[1]


def test_things_take_the_looks_of_their_kind_and_the_rest_is_hidden():
    template = sampled()
    start, given = with_things(template, [template], [placed("bed", 4.0, 0.2), placed("lamp", 3.0, 0.8)], FRAME)
    by_id = {each.id: each for each in start.blobs}
    assert {blob_id: each.kind for blob_id, each in given.items()} == {"7-6": "bed", "7-9": "lamp"}
    assert by_id["7-6"].look == template.blobs[5].look
    assert by_id["7-6"].ellipse.x == 0.2
    assert {each.name for each in start.blobs if each.hidden} == {"rug", "blanket", "pillows"}
    assert set(absent_ids(start, given)) == {each.id for each in start.blobs if each.hidden}


def test_a_thing_has_the_style_of_its_scene_and_the_structure_of_the_likest_thing():
    template, other = sampled(), sampled(0.3)
    turned = [replace(each, look=replace(each.look, structure=b"turned", style=b"other")) for each in other.blobs]
    candidates = [template, replace(other, blobs=tuple(turned))]
    start, given = with_things(template, candidates, [placed("bed", 4.0, 0.75), placed("lamp", 3.0, 0.5)], FRAME)
    looks = {each.name: each.look for each in start.blobs if each.id in given}
    assert looks["bed"] == replace(template.blobs[5].look, structure=b"turned")
    assert looks["lamp"] == template.blobs[8].look


def test_what_is_seen_of_the_room_follows_the_camera():
    [floor] = placed_things([thing("floor", (0.0, 3.0, -1.0), (3.0, 3.0, 0.0))], FRONT, FRAME, ROOMS)
    assert floor.box is not None
    assert room_ellipse(floor.box, FRONT, FRAME, floor.ellipse) == floor.ellipse
    aside = replace(FRONT, position=(1.0, 0.0, 0.0))
    seen = room_ellipse(floor.box, aside, FRAME, floor.ellipse)
    assert seen is not None
    assert seen.x < 0.5
    assert room_ellipse(floor.box, replace(FRONT, position=(0.0, 9.0, 0.0)), FRAME, floor.ellipse) is None
    assert Box.from_numbers(floor.box.numbers) == floor.box


def test_two_of_a_kind_are_a_blob_and_its_copy():
    start, given = with_things(sampled(), [sampled()], [placed("lamp", 4.0, 0.2), placed("lamp", 3.0, 0.8)], FRAME)
    assert list(given) == ["7-9", "7-9.2"]
    assert len({each.id for each in start.blobs}) == len(start.blobs)


def test_a_hidden_blob_of_the_sample_is_shown_when_it_is_given():
    template = sampled()
    template = replace(template, blobs=tuple(replace(each, hidden=True) for each in template.blobs))
    start, given = with_things(template, [template], [placed("bed", 4.0)], FRAME)
    assert [each.hidden for each in start.blobs if each.id in given] == [False]


@pytest.mark.parametrize("keep_absent", [True, False])
def test_the_order_is_that_of_the_things(keep_absent: bool):
    things = [placed("lamp", 5.0), placed("bed", 4.0), placed("blanket", 6.0), placed("rug", 2.0)]
    start, given = with_things(sampled(), [sampled()], things, FRAME)
    ordered = in_order(start, given, keep_absent)
    names = [each.name for each in ordered.blobs]
    shown = [each.name for each in ordered.blobs if not each.hidden]
    assert shown == ["floor", "ceiling", "left wall", "right wall", "rug", "lamp", "bed", "blanket"]
    assert ("pillows" in names) is keep_absent


def test_what_is_not_drawn_by_its_distance_is_pushed():
    given = {each.kind: each for each in (placed("floor", 2.0), placed("rug", 2.5), placed("bed", 4.0))}
    given |= {each.kind: each for each in (placed("blanket", 4.3), placed("pillows", 3.0), placed("lamp", 6.0))}
    pushed = standing_apart(given)
    depths = {kind: each.distance + pushed.get(kind, 0.0) for kind, each in given.items()}
    assert sorted(depths, key=lambda kind: -depths[kind]) == ["floor", "rug", "lamp", "bed", "blanket", "pillows"]
    assert set(pushed) == {"floor", "rug", "blanket", "pillows"}

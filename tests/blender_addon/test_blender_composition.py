from __future__ import annotations

from dataclasses import replace

from blender_values import blob, scene

from blender_addon.composition import Sighting, compose, depth_of, is_shell, label
from blender_addon.placement import Frame, place

FRAME = Frame(1.0, 1.0, 0.02)


def sightings_of(whole, hidden: frozenset[str] = frozenset()) -> list[Sighting]:
    return [
        Sighting.on_plane(each, place(each.ellipse, FRAME, depth_of(rank)), FRAME, each.id in hidden)
        for rank, each in enumerate(whole.blobs)
    ]


def test_empties_as_they_were_made_show_the_scene_itself():
    whole = scene()
    assert compose(whole.without_blobs(), reversed(sightings_of(whole))) == whole


def test_nearer_to_the_viewer_is_in_front():
    whole = scene()
    sightings = sightings_of(whole)
    raised = replace(sightings[0], depth=1.0)
    moved = compose(whole.without_blobs(), [raised, *sightings[1:]])
    assert [each.id for each in moved.blobs] == ["bed", "lamp", "rug"]


def test_a_hidden_empty_hides_its_blob():
    whole = scene()
    composed = compose(whole.without_blobs(), sightings_of(whole, frozenset({"bed"})))
    assert [each.hidden for each in composed.blobs] == [False, True, False]


def test_a_clone_in_the_same_place_stands_just_in_front_of_its_source():
    whole = scene()
    sightings = sightings_of(whole)
    copy = replace(sightings[0], blob=replace(sightings[0].blob, id="rug.2"))
    composed = compose(whole.without_blobs(), [copy, *sightings])
    assert [each.id for each in composed.blobs] == ["rug", "rug.2", "bed", "lamp"]


def test_equally_deep_blobs_stand_in_the_order_of_their_ids():
    whole = scene(blob("4-2"), blob("4-10"), blob("4-2.2"))
    flat = [replace(each, depth=0.0) for each in sightings_of(whole)]
    assert [each.id for each in compose(whole, flat).blobs] == ["4-2", "4-2.2", "4-10"]


def test_the_room_itself_is_told_apart_from_what_stands_in_it():
    assert is_shell(blob("x", name="back wall"))
    assert not is_shell(blob("bed"))


def test_an_empty_is_called_by_its_kind():
    assert label(blob("x", name="left wall")) == "Left wall"
    assert label(blob("blob-3", name="")) == "Blob-3"

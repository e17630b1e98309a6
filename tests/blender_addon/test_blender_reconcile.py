from __future__ import annotations

from dataclasses import replace

import pytest
from blender_values import blob, look, scene, scenes
from hypothesis import given, settings
from maquette_client.scene_edits import apply_patches

from blender_addon.reconcile import difference
from blender_addon.scene import Restyle, Scene
from blender_addon.wire import scene_from_message, scene_message


def applied(known: Scene, wanted: Scene) -> Scene:
    message = scene_message(known)
    apply_patches(message, difference(known, wanted))
    return scene_from_message(message)


def kinds(known: Scene, wanted: Scene) -> list[str | None]:
    return [patch.WhichOneof("change") for patch in difference(known, wanted)]


@settings(max_examples=300, deadline=None)
@given(scenes(), scenes())
def test_the_patches_turn_any_scene_into_any_other(known: Scene, wanted: Scene):
    assert applied(known, wanted) == wanted


@given(scenes())
def test_nothing_is_said_when_nothing_changed(whole: Scene):
    assert difference(whole, replace(whole)) == []


def test_a_drag_says_one_thing():
    known = scene()
    moved = replace(known.blobs[1], ellipse=replace(known.blobs[1].ellipse, x=0.9))
    assert kinds(known, replace(known, blobs=(known.blobs[0], moved, known.blobs[2]))) == ["set_ellipse"]


def test_a_clone_goes_to_its_place_without_reordering_the_rest():
    known = scene()
    copy = replace(known.blobs[0], id="rug-2")
    assert kinds(known, replace(known, blobs=(known.blobs[0], copy, *known.blobs[1:]))) == ["add_blob"]


def test_another_order_is_one_patch():
    known = scene()
    assert kinds(known, replace(known, blobs=known.blobs[::-1])) == ["set_order"]


def test_a_restyle_and_its_end_are_patches():
    known = scene()
    restyled = replace(known, blobs=(known.blobs[0].restyled(Restyle(0.5, seed=3)), *known.blobs[1:]))
    assert kinds(known, restyled) == ["restyle_blob"]
    assert kinds(restyled, known) == ["restyle_blob"]
    assert kinds(known, known.with_background_restyled(Restyle(1.0, seed=2))) == ["restyle_blob"]


def test_what_patches_cannot_say_replaces_the_scene():
    known = scene()
    assert kinds(known, replace(known, background=look(9))) == ["replace_scene"]
    assert kinds(known, scene(blob("rug", 1, look=look(40)))) == ["replace_scene"]


def test_scenes_of_two_models_have_no_difference():
    with pytest.raises(ValueError, match="different models"):
        difference(scene(), replace(scene(), model_digest="e" * 64))

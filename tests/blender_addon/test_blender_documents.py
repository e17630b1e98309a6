from __future__ import annotations

import json

import pytest
from blender_values import blob, look, scene, scenes
from hypothesis import given, settings
from maquette_client.errors import ClientError

from blender_addon.documents import BlobDocument, PlaneDocument, read_blob, read_scene, write_blob, write_scene
from blender_addon.placement import Frame
from blender_addon.scene import Restyle
from blender_addon.wire import scene_from_message, scene_message


@settings(deadline=None)
@given(scenes())
def test_a_scene_survives_the_file_and_the_wire(whole):
    assert read_scene(write_scene(whole)) == whole
    assert scene_from_message(scene_message(whole)) == whole


def test_a_blob_survives_on_its_empty():
    made = blob("bed", look=look(4, Restyle(0.5, style=b"\1\2\3\4")), hidden=True)
    document = BlobDocument.of(scene(), made)
    assert read_blob(write_blob(document)) == document


def test_a_restyled_document_keeps_everything_else():
    document = BlobDocument.of(scene(), blob("bed"))
    restyled = document.restyled(Restyle(1.0, seed=5))
    assert restyled.blob.look.restyle == Restyle(1.0, seed=5)
    assert restyled.restyled(None) == document


def test_reset_forgets_a_restyled_background():
    sampled = scene()
    changed = sampled.without_blobs().with_background_restyled(Restyle(1.0, seed=5))
    document = PlaneDocument(changed, sampled, Frame(1.0, 1.0, 0.02))
    assert document.as_sampled().header == sampled.without_blobs()


def test_an_empty_that_holds_a_whole_scene_is_refused():
    with pytest.raises(ClientError) as refusal:
        read_blob(write_scene(scene()))
    assert refusal.value.reason == "SCENE_FILE_CORRUPT"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", json.dumps({"format": "maquette-scene", "schema": 99})])
def test_foreign_text_is_refused_with_a_sentence(text):
    with pytest.raises(ClientError) as refusal:
        read_blob(text)
    assert refusal.value.message
    assert refusal.value.action
